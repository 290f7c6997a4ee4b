-- grain: one row per period whose entries hold an amount for some months, in order; the months themselves where they have entries
-- reads: ledger.amounts, ledger.brought_forward, ledger.entries
-- parameters: $months
with amounts as (
    select distinct entry
    from ledger.amounts
    where list_contains($months, for_month)
),
withheld as (
    select distinct entry
    from ledger.brought_forward
    where number = '' and list_contains($months, period)
)
select distinct entries.period
from ledger.entries as entries
where list_contains($months, entries.period) or entries.sequence in (select entry from amounts)
    or entries.sequence in (select entry from withheld)
order by entries.period
