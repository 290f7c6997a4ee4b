-- grain: one row per invoice of some payers under a regime of which some net remains, the latest first
-- reads: ledger.documents, ledger.preceding
-- parameters: $payer_ids, $regime
with credited as (
    select original, sum(net) as net, sum(vat) as vat
    from ledger.preceding
    group by original
)
select
    documents.number, documents.issue_date, documents.payer_id,
    documents.net - coalesce(credited.net, 0) as net, documents.vat - coalesce(credited.vat, 0) as vat,
    coalesce(credited.net, 0) as credited_net, coalesce(credited.vat, 0) as credited_vat
from ledger.documents as documents
left join credited on credited.original = documents.number
where documents.kind = 'invoice' and documents.regime = $regime and list_contains($payer_ids, documents.payer_id)
    and documents.net > coalesce(credited.net, 0)
order by documents.issue_date desc, documents.number desc
