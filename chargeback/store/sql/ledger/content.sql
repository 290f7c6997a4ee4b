-- grain: the line of one entry
-- reads: ledger.entries
-- parameters: $sequence
select content
from ledger.entries
where sequence = $sequence
