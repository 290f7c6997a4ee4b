-- grain: one row per document of a period, as ``issue`` made it or as a correction, in the order of entry, series and number
-- reads: ledger.documents, ledger.entries
-- parameters: $period, $corrections: whether those of corrections are wanted, or those of the issue
select
    documents.number, documents.kind, documents.payer_id, documents.regime, documents.issue_date, documents.due_date,
    documents.net, documents.vat, documents.gross
from ledger.documents as documents
join ledger.entries as entries on entries.sequence = documents.entry
where documents.period = $period and (entries.kind in ('credit', 'correct')) = $corrections
order by case when $corrections then documents.entry end, documents.series, documents.year, documents.sequence
