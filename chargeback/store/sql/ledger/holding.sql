-- grain: one row per period whose entries hold an amount for some months, in order; the months themselves where they have entries
-- reads: ledger.amounts, ledger.brought, ledger.entries
-- parameters: $months
with amounts as (
    select distinct entry
    from ledger.amounts
    where list_contains($months, of_period)
),
aside as (
    select distinct entry
    from ledger.brought
    where number = '' and list_contains($months, period)
)
select distinct entries.period
from ledger.entries as entries
where list_contains($months, entries.period) or entries.sequence in (select entry from amounts)
    or entries.sequence in (select entry from aside)
order by entries.period
