-- grain: one row per closed period before one, oldest first
-- reads: ledger.entries
-- parameters: $before
select distinct period
from ledger.entries
where kind = 'close' and period < $before
order by period
