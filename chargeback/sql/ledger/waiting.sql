-- grain: one row per document of months before one that was carried and that no document has billed, by payer, regime and month
-- reads: ledger.carried, ledger.brought
-- parameters: $before
select carried.entry, carried.payer_id, carried.regime
from ledger.carried as carried
where carried.period < $before and not exists (
    select 1
    from ledger.brought as brought
    where brought.period = carried.period and brought.payer_id = carried.payer_id and brought.regime = carried.regime
)
order by carried.payer_id, carried.regime, carried.period, carried.entry
