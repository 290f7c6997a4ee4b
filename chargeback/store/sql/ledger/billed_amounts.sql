-- grain: one row per invoice, member, month and rate of which something of a rule remains, the latest invoice first
-- reads: ledger.amounts, ledger.documents
-- parameters: $payer_ids, $rule
-- what remains is what the invoice billed less what later documents take off it
with billed as (
    select amounts.number, amounts.member_id, amounts.for_month, amounts.rate, amounts.amount
    from ledger.amounts as amounts
    where amounts.rule = $rule and amounts.number <> ''
    union all
    select amounts.original as number, amounts.member_id, amounts.for_month, amounts.rate, amounts.amount
    from ledger.amounts as amounts
    where amounts.rule = $rule and amounts.original <> ''
)
select billed.number, billed.member_id, billed.for_month, billed.rate, sum(billed.amount) as net
from billed
join ledger.documents as documents on documents.number = billed.number
where documents.kind = 'invoice' and list_contains($payer_ids, documents.payer_id)
group by billed.number, billed.member_id, billed.for_month, billed.rate, documents.issue_date
having sum(billed.amount) > 0
order by documents.issue_date desc, billed.number desc, billed.for_month desc, billed.member_id, billed.rate
