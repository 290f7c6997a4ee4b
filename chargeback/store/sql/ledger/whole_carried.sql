-- grain: one row per row of ledger.carried, whole
-- reads: ledger.carried
-- parameters: none
select *
from ledger.carried
order by all
