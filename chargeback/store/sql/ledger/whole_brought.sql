-- grain: one row per row of ledger.brought, whole
-- reads: ledger.brought
-- parameters: none
select *
from ledger.brought
order by all
