-- grain: one row per credit note and invoice that it takes from, by number and place; whole: nothing of the invoice remains after it
-- reads: ledger.preceding, ledger.documents
-- parameters: $numbers: those of the credit notes
with named as (
    select entry, number, place, original, how, sum(net) as net, sum(vat) as vat
    from ledger.preceding
    group by entry, number, place, original, how
),
taken as (
    select
        preceding.number, preceding.place, preceding.original, invoices.issue_date, preceding.net, preceding.vat,
        invoices.net = sum(preceding.net) over credited and invoices.vat = sum(preceding.vat) over credited as whole
    from named as preceding
    join ledger.documents as credits on credits.number = preceding.number
    join ledger.documents as invoices on invoices.number = preceding.original
    where preceding.how <> 'replaces' and (preceding.net <> 0 or preceding.vat <> 0)
    window credited as (
        partition by preceding.original
        order by preceding.entry, credits.year, credits.sequence, preceding.number, preceding.place
        rows between unbounded preceding and current row
    )
)
select number, original, issue_date, net, vat, whole
from taken
where list_contains($numbers, number)
order by number, place
