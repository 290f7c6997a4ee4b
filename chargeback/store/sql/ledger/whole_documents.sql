-- grain: one row per document, whole
-- reads: ledger.documents
-- parameters: none
select *
from ledger.documents
order by all
