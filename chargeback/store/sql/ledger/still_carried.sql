-- grain: one row per carried document of months before one that no document bills or gives up, withheld ones included, by payer, regime and month
-- reads: ledger.carried_forward, ledger.brought_forward, ledger.entries
-- parameters: $before
with last_of_period as (
    select max(sequence) as entry
    from ledger.entries
    where kind in ('issue', 'supplementary')
    group by period
),
waiving as (
    select sequence as entry
    from ledger.entries
    where kind = 'waive'
),
billed as (
    select period, payer_id, regime
    from ledger.brought_forward
    where number <> '' or entry in (select entry from last_of_period) or entry in (select entry from waiving)
)
select carried.entry, carried.payer_id, carried.regime
from ledger.carried_forward as carried
where carried.period < $before and not exists (
    select 1
    from billed
    where billed.period = carried.period and billed.payer_id = carried.payer_id and billed.regime = carried.regime
)
order by carried.payer_id, carried.regime, carried.period, carried.entry
