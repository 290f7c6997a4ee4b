-- grain: one row per meter of some that has rows with an end in a window: whether all rows keep to one grid, how many ends look inclusive
-- reads: usage, crossing
-- parameters: $meters, $from_us, $to_us (window, UTC microseconds, half-open)
-- parts: {reaching}: rows that reach into the window
-- an end looks inclusive in the last second of a minute, where the row starts on a whole one; `lost`: quantity × milliseconds
-- rows of one series that all start on a grid and last at most one step of it cannot overlap, as no two start together
with
    rows as (
        select meter, start_us, end_us, quantity
        from usage
        where start_us >= $from_us and start_us < $to_us and list_contains($meters, meter)
        union all
        select meter, start_us, end_us, quantity
        from {reaching} and list_contains($meters, meter)
    ),
    longest as (
        select meter, max(end_us - start_us) as step_us
        from rows
        group by meter
        having max(end_us) is not null
    )
select
    rows.meter,
    min(rows.start_us % longest.step_us) = max(rows.start_us % longest.step_us) as regular,
    count(rows.end_us) as intervals,
    count(*) filter (where rows.start_us % 60000000 = 0 and rows.end_us % 60000000 >= 59000000) as inclusive,
    coalesce(sum(rows.quantity * cast((60000000 - rows.end_us % 60000000) // 1000 as integer)) filter (where rows.start_us % 60000000 = 0 and rows.end_us % 60000000 >= 59000000), 0) as lost
from rows
join longest using (meter)
group by rows.meter
order by rows.meter
