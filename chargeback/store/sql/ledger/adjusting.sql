-- grain: one row per entry that may have billed a true-up: it has adjustments, or is of a month that [true_up] names
-- reads: ledger.entries, ledger.charges
-- parameters: $named: those months, whose true-up may have amounted to nothing
with adjusting as (
    select distinct entry
    from ledger.charges
    where kind = 'adjustment'
)
select sequence
from ledger.entries
where kind in ('issue', 'close') and (list_contains($named, period) or sequence in (select entry from adjusting))
order by sequence
