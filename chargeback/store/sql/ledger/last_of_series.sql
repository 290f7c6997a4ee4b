-- grain: one row per series and year: the last number and the last date given
-- reads: ledger.documents
-- parameters: none
select series, year, max(sequence) as sequence, max(issue_date) as issue_date
from ledger.documents
group by series, year
order by series, year
