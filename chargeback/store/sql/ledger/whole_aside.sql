-- grain: one row per document set aside, whole
-- reads: ledger.aside
-- parameters: none
select *
from ledger.aside
order by all
