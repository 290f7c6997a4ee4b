-- grain: one row per series, part and length of time: rows that leave the part of their start, in each part where they lie
-- reads: usage or its rows with steps, crossing
-- parameters: $from_us, $to_us (window, UTC microseconds, half-open), $froms, $tos (the same of each part, in order)
-- parts: {leaving}: rows that start in the window and leave their part; {reaching}: rows that reach into the window;
--   {tags}: tag columns
-- moved_us: time in the part, less the whole time of rows that start in it, which the scan has counted there
with
    moving as (
        select meter, member_id, resource_id, {tags} start_us, end_us, quantity
        from {leaving}
        union all
        select meter, member_id, resource_id, {tags} start_us, end_us, quantity
        from {reaching}
    ),
    parts as (
        select
            generate_subscripts(cast($froms as bigint[]), 1) - 1 as part,
            unnest(cast($froms as bigint[])) as from_us,
            unnest(cast($tos as bigint[])) as to_us
    ),
    pieces as (
        select
            moving.*,
            parts.part,
            moving.start_us < parts.from_us as reaches,
            moving.end_us - moving.start_us as duration_us,
            least(moving.end_us, parts.to_us) - greatest(moving.start_us, parts.from_us) as inside_us,
            case when not reaches then greatest(moving.end_us - cast($to_us as bigint), 0) else 0 end as later_us
        from moving
        join parts on moving.start_us < parts.to_us and moving.end_us > parts.from_us
    )
select
    meter,
    member_id,
    resource_id,
    part,
    {tags}
    reaches,
    duration_us,
    case when reaches then inside_us else inside_us - duration_us end as moved_us,
    later_us,
    count(*) as rows,
    sum(quantity) as total
from pieces
where $from_us < $to_us
group by all
order by all
