-- grain: one row per invoice that billed a member for a month under a regime and of which some net remains, those of the month first
-- reads: ledger.amounts, ledger.documents, ledger.preceding
-- parameters: $member_id, $regime, $period
with billing as (
    select distinct number
    from ledger.amounts
    where member_id = $member_id and vat = $regime and for_month = $period and number <> ''
),
credited as (
    select original, sum(net) as net, sum(vat) as vat
    from ledger.preceding
    group by original
)
select
    documents.number, documents.issue_date, documents.payer_id,
    documents.net - coalesce(credited.net, 0) as net, documents.vat - coalesce(credited.vat, 0) as vat,
    coalesce(credited.net, 0) as credited_net, coalesce(credited.vat, 0) as credited_vat
from ledger.documents as documents
join billing on billing.number = documents.number
left join credited on credited.original = documents.number
where documents.kind = 'invoice' and documents.net > coalesce(credited.net, 0)
order by documents.period <> $period, documents.issue_date, documents.entry, documents.sequence, documents.number
