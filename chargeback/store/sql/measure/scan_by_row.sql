-- grain: one row per meter, member and resource named by the rows, tags asked for, part of the window
-- reads: usage, or its rows with steps; for rows of many durations (see scan.sql, whose columns these are)
-- parameters: $from_us, $to_us (window, UTC microseconds, half-open)
-- parts: {rows}: table of the rows; {tags}: tag columns; {part}: number of the part
select
    meter,
    member_id,
    resource_id,
    {part} as part,
    {tags}
    count(*) as samples,
    count(end_us) as intervals,
    sum(quantity) as total,
    max(quantity) as highest,
    sum(quantity * ((end_us - start_us) // 1000000)::integer) as unit_seconds,
    sum(quantity * ((end_us - start_us) % 1000000)::integer) as unit_microseconds
from {rows}
where start_us >= $from_us and start_us < $to_us
group by all
order by all
