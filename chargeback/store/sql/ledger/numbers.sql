-- grain: one row per number given, in the order of the ledger
-- reads: ledger.documents
-- parameters: none
select number, series, year, sequence, issue_date, entry
from ledger.documents
order by series, year, sequence
