-- grain: one row per entry after a given one: its line in out/ledger.jsonl
-- reads: ledger.entries
-- parameters: $after: number of the last entry that is not wanted
select content
from ledger.entries
where sequence > $after
order by sequence
