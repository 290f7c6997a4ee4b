-- grain: one row per document of a period that entries of some kinds issued, in the order of entry, series and number
-- reads: ledger.documents, ledger.entries
-- parameters: $period, $kinds: of the entries
select
    documents.number, documents.kind, documents.payer_id, documents.regime, documents.issue_date, documents.due_date,
    documents.net, documents.vat, documents.gross
from ledger.documents as documents
join ledger.entries as entries on entries.sequence = documents.entry
where documents.period = $period and list_contains($kinds, entries.kind)
order by documents.entry, documents.series, documents.year, documents.sequence
