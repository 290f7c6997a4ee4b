-- grain: one row per record of a file, in its order; a record that is not right has no start_us, and that stops the insert
-- reads: the rows of the file
-- parameters: $file_id, $starts, $ends, $before, $after (lists of chargeback/zones.py); records: the rows;
--   start, end: instants, as if at UTC where they say no zone (start_zoned, end_zoned: whether they do); quantity: exact decimal
insert into usage by name
with
    records as (
        {records}
    ),
    written as (
        select
            $file_id as file_id,
            * exclude ("start", "end", quantity),
            {start} as start_at,
            {start_zoned} as start_zoned,
            {end} as end_at,
            {end_zoned} as end_zoned,
            "end" is not null as has_end,
            {quantity} as quantity
        from records
    ),
    in_utc as (
        select
            * exclude (start_at, start_zoned, end_at, end_zoned),
            case when start_zoned then start_at else in_zone(start_at, $starts, $ends, $before, $after) end as start_us,
            case when end_zoned then end_at else in_zone(end_at, $starts, $ends, $before, $after) end as end_us
        from written
    ),
    checked as (
        select * exclude (has_end) replace (case when not has_end or end_us > start_us then start_us end as start_us)
        from in_utc
    )
from checked
