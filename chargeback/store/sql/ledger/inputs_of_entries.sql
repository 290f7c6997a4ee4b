-- grain: one row per entry, of those asked for, oldest first: sha256 of every input it is based on, by path (JSON)
-- reads: ledger.entries
-- parameters: $sequences
select sequence, json_extract(content, '$.inputs') as inputs
from ledger.entries
where list_contains($sequences, sequence)
order by sequence
