-- grain: one row per entry of a period, oldest first
-- reads: ledger.entries
-- parameters: $period
select sequence, kind, entered
from ledger.entries
where period = $period
order by sequence
