-- grain: one row per repetition: a measurement that an earlier row has, in a file earlier by name or in the same file
-- reads: usage, files
-- parameters: $from_us, $to_us (half-open), $most (repetitions listed per file)
-- parts: {tags}: tag columns; {same_tags}: their equality
with
    measurements as (
        select
            usage.rowid as row,
            usage.file_id,
            files.path,
            usage.resource_id,
            usage.member_id as named,
            case when usage.resource_id is null then usage.member_id end as member_id,
            usage.meter,
            {tags}
            usage.start_us
        from usage
        join files using (file_id)
        where
            usage.start_us >= $from_us and usage.start_us < $to_us
            and (usage.resource_id is not null or usage.member_id is not null)
    ),
    keys as (
        select {tags} resource_id, member_id, meter, start_us
        from measurements
        group by all
        having count(*) > 1
    ),
    repeated as (
        select measurements.*
        from measurements
        semi join keys
            on measurements.start_us = keys.start_us
            and measurements.meter = keys.meter
            and measurements.resource_id is not distinct from keys.resource_id
            and measurements.member_id is not distinct from keys.member_id
            {same_tags}
    ),
    placed as (
        select
            *,
            row_number() over same as place,
            first_value(path) over same as first_path,
            first_value(file_id) over same as first_file_id,
            first_value(row) over same as first_row
        from repeated
        window same as (partition by {tags} resource_id, member_id, meter, start_us order by path, row)
    ),
    repetitions as (
        select *, count(*) over (partition by file_id) as in_file
        from placed
        where place > 1
        qualify row_number() over (partition by file_id order by row) <= $most
    ),
    firsts as (
        select file_id, min(rowid) as first_row
        from usage
        where
            file_id in (select file_id from repetitions)
            or file_id in (select first_file_id from repetitions)
        group by file_id
    )
select
    repetitions.file_id,
    repetitions.path,
    repetitions.row - own.first_row + 1 as row,
    repetitions.first_path,
    repetitions.first_row - other.first_row + 1 as first_row,
    repetitions.resource_id,
    repetitions.named,
    repetitions.meter,
    repetitions.start_us,
    repetitions.in_file
from repetitions
join firsts as own on own.file_id = repetitions.file_id
join firsts as other on other.file_id = repetitions.first_file_id
order by repetitions.path, repetitions.row
