-- grain: one row per withheld document, whole
-- reads: ledger.withheld
-- parameters: none
select *
from ledger.withheld
order by all
