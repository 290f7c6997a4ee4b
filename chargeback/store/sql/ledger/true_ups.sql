-- grain: one row per period that billed true-ups: the years of them (JSON, one for each pool)
-- reads: ledger.entries
-- parameters: $entries: the entries that may have
select period, json_extract(content, '$.true_ups[*].year') as years
from ledger.entries
where case when list_contains($entries, sequence) then json_array_length(content, '$.true_ups') > 0 else false end
order by period
