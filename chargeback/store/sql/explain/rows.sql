-- grain: one row per usage row behind a line, with its file and its place in it (from 1), in that order
-- reads: usage, crossing, files, behind
-- parameters: $most: rows shown of a line, null for all
-- parts: {from_us}, {to_us}: window, from one step earlier where samples have steps; {reaching}: rows that reach into it;
--   {next_us}: start of the next row of the series, where samples have steps; {tags}: equality of tag columns;
--   {all_tags}: all tag columns, each after a comma; {shown}: the same of the rows found
-- counted_us: of a row that is counted by its time, the time in the parts that the line counts
with
    firsts as (
        select file_id, min(rowid) as first_place
        from usage
        group by file_id
    ),
    rows as (
        select
            usage.file_id, usage.rowid - firsts.first_place + 1 as row,
            start_us, end_us, member_id, resource_id, meter, quantity {all_tags}
        from usage
        join firsts on firsts.file_id = usage.file_id
        where start_us >= {from_us} and start_us < {to_us}
        union all
        select file_id, row, start_us, end_us, member_id, resource_id, meter, quantity {all_tags}
        from {reaching}
    ),
    followed as (
        select *, {next_us} as next_us
        from rows
    ),
    joined as (
        select
            b.evidence, b.by_time, b.from_us, b.to_us, u.* exclude (next_us),
            case
                when u.end_us is not null then u.end_us
                when b.step_us > 0 and u.resource_id is null and u.member_id is null then u.start_us + b.step_us
                when b.step_us > 0 then least(u.start_us + b.step_us, u.next_us)
            end as until_us
        from followed as u
        join behind as b
            on b.meter = u.meter
            and b.member_id is not distinct from u.member_id
            and b.resource_id is not distinct from u.resource_id
            and u.start_us < b.to_us
            {tags}
    ),
    matched as (
        select
            * exclude (by_time, from_us, to_us, until_us),
            case when by_time then least(until_us, to_us) - greatest(start_us, from_us) end as counted_us
        from joined
        where case when by_time then coalesce(until_us, start_us + 1) > from_us else start_us >= from_us end
    ),
    once as (
        select * exclude (counted_us), cast(sum(counted_us) as bigint) as counted_us
        from matched
        group by all
    )
select
    once.evidence,
    count(*) over (partition by once.evidence) as rows,
    files.path,
    once.row,
    once.start_us,
    once.end_us,
    once.counted_us,
    once.member_id,
    once.resource_id,
    once.meter,
    once.quantity
    {shown}
from once
join files on files.file_id = once.file_id
qualify $most is null or row_number() over (partition by once.evidence order by files.path, once.row) <= $most
order by once.evidence, files.path, once.row
