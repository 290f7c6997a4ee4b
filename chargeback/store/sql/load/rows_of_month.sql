-- grain: one row per run of consecutive rows (from 1) of a file that have time in a window, the first runs of each file; rows: of all runs
-- reads: usage
-- parameters: $files, $from_us, $to_us (window, UTC microseconds, half-open), $most: runs listed of a file
with
    firsts as (
        select file_id, min(rowid) as first_place
        from usage
        where list_contains($files, file_id)
        group by file_id
    ),
    inside as (
        select usage.file_id, usage.meter, usage.rowid - firsts.first_place + 1 as row
        from usage
        join firsts on firsts.file_id = usage.file_id
        where
            list_contains($files, usage.file_id)
            and usage.start_us < $to_us
            and coalesce(usage.end_us, usage.start_us + 1) > $from_us
    ),
    numbered as (
        select *, row - row_number() over (partition by file_id order by row) as run
        from inside
    ),
    runs as (
        select file_id, min(row) as first_row, max(row) as last_row, count(*) as rows, list_distinct(list(meter)) as meters
        from numbered
        group by file_id, run
    )
select
    file_id, first_row, last_row,
    cast(sum(rows) over (partition by file_id) as bigint) as rows,
    count(*) over (partition by file_id) as runs,
    list_distinct(flatten(list(meters) over (partition by file_id))) as meters
from runs
qualify row_number() over (partition by file_id order by first_row) <= $most
order by file_id, first_row
