-- grain: one row per invoice that billed a member for a month under a regime, that of the month first, then the oldest
-- reads: ledger.amounts, ledger.documents
-- parameters: $member_id, $regime, $period
select documents.number
from ledger.documents as documents
where documents.kind = 'invoice' and documents.number in (
    select amounts.number
    from ledger.amounts as amounts
    where amounts.member_id = $member_id and amounts.vat = $regime and amounts.for_month = $period
)
order by documents.period <> $period, documents.issue_date, documents.entry, documents.sequence, documents.number
