-- grain: one row per entry, oldest first: what months rested on when it was written (JSON), and the months that it adjusts
-- reads: ledger.entries
-- parameters: none
select
    sequence,
    kind,
    period,
    json_extract(content, '$.bases') as bases,
    list_distinct(regexp_extract_all(content, '"of":([{]"year":[0-9]+,"month":[0-9]+[}])', 1)) as adjusted
from ledger.entries
order by sequence
