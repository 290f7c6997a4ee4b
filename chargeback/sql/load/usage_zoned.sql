-- grain: one row per record of a file whose instants all say their zone, in its order
-- reads: the rows of the file
-- parameters: $file_id; records: the file as rows; start, end: their instants; quantity: as exact decimal
-- a record that is not right has no start_us, and that stops the insert
insert into usage by name
with
    records as (
        {records}
    ),
    typed as (
        select
            $file_id as file_id,
            * exclude ("start", "end", quantity),
            {start} as start_us,
            {end} as end_us,
            "end" is not null as has_end,
            {quantity} as quantity
        from records
    ),
    checked as (
        select * exclude (has_end) replace (case when not has_end or end_us > start_us then start_us end as start_us)
        from typed
    )
from checked
