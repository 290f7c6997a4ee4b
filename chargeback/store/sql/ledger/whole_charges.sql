-- grain: one row per charge, whole
-- reads: ledger.charges
-- parameters: none
select *
from ledger.charges
order by all
