-- grain: one row per period that billed true-ups: the years of them (JSON, one for each pool)
-- reads: ledger.entries, ledger.charges
-- parameters: $named: the periods that [true_up] names, of which a true-up may have come to nothing
select period, json_extract(content, '$.true_ups[*].year') as years
from ledger.entries
where kind in ('issue', 'close')
    and (list_contains($named, period) or sequence in (select entry from ledger.charges where kind = 'adjustment'))
    and contains(content, '"true_ups":[{')
order by period
