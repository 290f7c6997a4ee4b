-- grain: one row per document of a period that is withheld to this day, by payer and regime
-- reads: ledger.withheld, ledger.entries
-- parameters: $period
select kind, payer_id, regime, net, vat, gross
from ledger.withheld
where entry = (
    select max(sequence)
    from ledger.entries
    where period = $period and kind in ('issue', 'supplementary', 'waive')
)
order by payer_id, regime
