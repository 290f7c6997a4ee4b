-- grain: one row per row of ledger.amounts, whole
-- reads: ledger.amounts
-- parameters: none
select *
from ledger.amounts
order by all
