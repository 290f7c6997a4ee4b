-- grain: one row per invoice of some payers under a regime of which some net remains and rate, the latest first
-- reads: ledger.documents, ledger.rates, ledger.preceding
-- parameters: $payer_ids, $regime
with credited as (
    select original, rate, sum(net) as net, sum(vat) as vat
    from ledger.preceding
    group by original, rate
)
select
    documents.number, documents.issue_date, documents.payer_id, rates.rate,
    rates.net - coalesce(credited.net, 0) as net, rates.vat - coalesce(credited.vat, 0) as vat,
    coalesce(credited.net, 0) as credited_net, coalesce(credited.vat, 0) as credited_vat
from ledger.documents as documents
join ledger.rates as rates on rates.number = documents.number
left join credited on credited.original = documents.number and credited.rate = rates.rate
where documents.kind = 'invoice' and documents.regime = $regime and list_contains($payer_ids, documents.payer_id)
    and documents.net > (select coalesce(sum(c.net), 0) from credited as c where c.original = documents.number)
order by documents.issue_date desc, documents.number desc, rates.rate
