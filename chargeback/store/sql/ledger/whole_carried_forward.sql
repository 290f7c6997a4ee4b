-- grain: one row per row of ledger.carried_forward, whole
-- reads: ledger.carried_forward
-- parameters: none
select *
from ledger.carried_forward
order by all
