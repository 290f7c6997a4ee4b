-- grain: one row per entry, oldest first
-- reads: ledger.entries
-- parameters: none
select sequence, sha256
from ledger.entries
order by sequence
