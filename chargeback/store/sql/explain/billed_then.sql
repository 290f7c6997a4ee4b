-- grain: one row per document or place without one that holds an amount of a member, rule and regime for a month, oldest first
-- reads: ledger.amounts
-- parameters: $member_id, $rule, $regime, $period, $before: the entry before which they were entered
with entered as (
    select entry, number, status, sum(amount) as amount
    from ledger.amounts
    where member_id = $member_id and rule = $rule and vat = $regime and for_month = $period
        and carried_from = '' and status <> 'withheld' and entry < $before
    group by entry, number, status
),
billed_later as (
    select min(number) as number
    from ledger.amounts
    where member_id = $member_id and rule = $rule and vat = $regime and carried_from = $period and number <> ''
        and entry <= $before
)
select
    case when entered.status = 'carried_forward' then coalesce(billed_later.number, '') else entered.number end as number,
    entered.status, entered.amount
from entered
cross join billed_later
order by entered.entry, number, entered.status
