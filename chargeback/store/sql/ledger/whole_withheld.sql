-- grain: one row per document set aside, whole
-- reads: ledger.withheld
-- parameters: none
select *
from ledger.withheld
order by all
