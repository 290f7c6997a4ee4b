-- grain: one row per entry of a month of a year, or that adjusts one, oldest first
-- reads: ledger.entries
-- parameters: $year: as 2026
select sequence, sha256
from ledger.entries
where period[1:4] = $year or contains(content, '"of":{"year":' || cast(cast($year as integer) as varchar) || ',')
order by sequence
