-- grain: one row per issued document, in the order of the ledger
-- reads: ledger.documents
-- parameters: none
select number, payer_id, period, issue_date, due_date, gross
from ledger.documents
order by entry, series, sequence
