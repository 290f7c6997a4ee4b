-- grain: one row per entry that corrected documents, oldest first: its line in out/ledger.jsonl
-- reads: ledger.entries
-- parameters: none
select content
from ledger.entries
where kind in ('credit', 'goodwill', 'correct')
order by sequence
