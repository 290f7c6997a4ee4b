-- grain: one row: what the usage of a window holds, whatever the files, their order and the columns of absent tags
-- reads: usage, crossing
-- parameters: $from_us, $to_us (window, UTC microseconds, half-open, one step earlier where samples have steps)
-- parts: {reaching}: rows that reach into the window; {tags}: the tags of a row as one text
with rows as (
    select start_us, end_us, member_id, resource_id, meter, quantity, {tags} as tags
    from usage
    where start_us >= $from_us and start_us < $to_us
    union all
    select start_us, end_us, member_id, resource_id, meter, quantity, {tags} as tags
    from {reaching}
)
select
    count(*) as rows,
    coalesce(sum(quantity), 0) as total,
    coalesce(sum(cast(hash(start_us, end_us, member_id, resource_id, meter, quantity, tags) as hugeint)), 0) as content
from rows
