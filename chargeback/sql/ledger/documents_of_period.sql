-- grain: one row per issued document of a period, in the order of series and number
-- reads: ledger.documents
-- parameters: $period
select number, kind, payer_id, regime, issue_date, due_date, net, vat, gross
from ledger.documents
where period = $period
order by series, year, sequence
