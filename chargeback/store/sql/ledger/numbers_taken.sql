-- grain: one row per number, of those asked for, that was given already
-- reads: ledger.documents
-- parameters: $numbers
select number, period
from ledger.documents
where list_contains($numbers, number)
order by number
