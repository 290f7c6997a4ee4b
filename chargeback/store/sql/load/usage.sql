-- grain: one row per record of a file, in its order; a record that is not right has no start_us, and that stops the insert
-- reads: the rows of the file
-- parameters: $file_id; of {records}: $path, $columns; of {start_us}, {end_us}: $starts, $ends, $before, $after
-- parts: {records}: the rows; {quantity}: exact decimal; {start}, {end}: instants as written;
--   {start_us}, {end_us}: instants in UTC, from start_at and end_at
insert into usage by name
with
    records as (
        {records}
    ),
    written as (
        select
            $file_id as file_id,
            * exclude (quantity),
            {start} as start_at,
            {end} as end_at,
            {quantity} as quantity
        from records
    ),
    in_utc as (
        select
            * exclude ("start", "end", start_at, end_at),
            {start_us} as start_us,
            {end_us} as end_us,
            "end" is not null as has_end
        from written
    ),
    checked as (
        select * exclude (has_end) replace (case when not has_end or end_us > start_us then start_us end as start_us)
        from in_utc
    )
from checked
