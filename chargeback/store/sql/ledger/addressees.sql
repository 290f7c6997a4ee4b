-- grain: one row per member and month that an invoice billed, with the payer of that of the month, else of the oldest
-- reads: ledger.amounts, ledger.documents
-- parameters: $months
select
    amounts.member_id, amounts.for_month,
    arg_min(documents.payer_id, (documents.period <> amounts.for_month, documents.issue_date, documents.number)) as payer_id
from ledger.amounts as amounts
join ledger.documents as documents on documents.number = amounts.number
where documents.kind = 'invoice' and list_contains($months, amounts.for_month)
group by amounts.member_id, amounts.for_month
order by amounts.member_id, amounts.for_month
