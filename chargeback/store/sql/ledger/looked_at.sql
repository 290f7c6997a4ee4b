-- grain: one row per entry, oldest first: what months rested on when it was written (JSON), and the months that it adjusts where it draws documents up again
-- reads: ledger.entries
-- parameters: none
with changing as (
    select sequence, list_distinct(regexp_extract_all(content, '"of":([{]"year":[0-9]+,"month":[0-9]+[}])', 1)) as adjusted
    from ledger.entries
    where kind in ('correct', 'further')
)
select
    entries.sequence,
    entries.kind,
    entries.period,
    regexp_extract(entries.content, '"bases":([{][^}]*[}])', 1) as bases,
    coalesce(changing.adjusted, []) as adjusted
from ledger.entries as entries
left join changing on changing.sequence = entries.sequence
order by entries.sequence
