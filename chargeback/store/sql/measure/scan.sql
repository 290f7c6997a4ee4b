-- grain: one row per meter, member and resource named by the rows, tags asked for, part of the window
-- reads: usage, or its rows with steps; for rows of few durations: rows of one duration are added first, so none is multiplied by itself
-- parameters: $from_us, $to_us (window, UTC microseconds, half-open)
-- parts: {rows}: table of the rows; {tags}: tag columns; {part}: number of the part
with
    lasting as (
        select
            meter,
            member_id,
            resource_id,
            {part} as part,
            {tags}
            end_us - start_us as duration_us,
            count(*) as samples,
            sum(quantity) as total,
            max(quantity) as highest
        from {rows}
        where start_us >= $from_us and start_us < $to_us
        group by all
    )
select
    meter,
    member_id,
    resource_id,
    part,
    {tags}
    cast(sum(samples) as bigint) as samples,
    cast(coalesce(sum(samples) filter (where duration_us is not null), 0) as bigint) as intervals,
    sum(total) as total,
    max(highest) as highest,
    sum(total * (duration_us // 1000000)) as unit_seconds,
    sum(total * (duration_us % 1000000)) as unit_microseconds
from lasting
group by all
order by all
