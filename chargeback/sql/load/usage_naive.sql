-- grain: one row per record of a file, in its order; instants that say no zone are read in the workspace's
-- reads: the rows of the file, clock_changes (local time in cells of 2^40 microseconds, see chargeback/zones.py)
-- parameters: $file_id; records: the file as rows; start, end: instants, at UTC where they say no zone;
--   start_zoned, end_zoned: whether they say one; quantity: as exact decimal
-- a record that is not right, or in an hour that a clock change skips or repeats, has no start_us, and that stops the insert
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
            {end} as end_at,
            {start_zoned} as start_zoned,
            {end_zoned} as end_zoned,
            "end" is not null as has_end,
            {quantity} as quantity
        from records
    ),
    in_zone as (
        select
            written.* exclude (start_at, end_at, start_zoned, end_zoned),
            case
                when start_zoned then start_at
                when start_at < at_start.starts then start_at - at_start.before
                when start_at >= at_start.ends then start_at - at_start.after
            end as start_us,
            case
                when end_zoned then end_at
                when end_at < at_end.starts then end_at - at_end.before
                when end_at >= at_end.ends then end_at - at_end.after
            end as end_us
        from written
        left join clock_changes as at_start
            on at_start.cell = case when not start_zoned and start_at >= 0 then start_at >> 40 end
        left join clock_changes as at_end
            on at_end.cell = case when not end_zoned and end_at >= 0 then end_at >> 40 end
    ),
    checked as (
        select * exclude (has_end) replace (case when not has_end or end_us > start_us then start_us end as start_us)
        from in_zone
    )
from checked
