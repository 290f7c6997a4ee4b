-- grain: one row per row of ledger.preceding, whole
-- reads: ledger.preceding
-- parameters: none
select *
from ledger.preceding
order by all
