-- grain: one row per entry of a month of a year, or that adjusts one, oldest first
-- reads: ledger.entries, ledger.amounts
-- parameters: $year: as 2026
with adjusting as (
    select distinct entry
    from ledger.amounts
    where for_month[1:4] = $year and for_month <> carried_from
)
select sequence, sha256
from ledger.entries
where period[1:4] = $year or sequence in (select entry from adjusting)
order by sequence
