-- grain: one row per row of a Parquet file, in its order; a row that is not right stops the insert (start_us is null)
-- reads: the view parquet_records: the columns of the contract, and tags named "tag:<name>" as text
-- parameters: $file_id, $changes (clock changes, where one is asked for); {start}, {end}, {quantity}: how a column of that type is read
insert into usage by name
with
    typed as (
        select
            $file_id as file_id,
            * exclude ("start", "end", quantity),
            {start} as start_us,
            {end} as end_us,
            "end" is not null as has_end,
            {quantity} as quantity
        from parquet_records
    ),
    checked as (
        select
            * exclude (has_end) replace (
                case when not has_end or end_us > start_us then start_us end as start_us
            )
        from typed
    )
from checked
