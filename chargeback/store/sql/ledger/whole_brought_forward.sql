-- grain: one row per row of ledger.brought_forward, whole
-- reads: ledger.brought_forward
-- parameters: none
select *
from ledger.brought_forward
order by all
