-- grain: one row: what the usage of a window holds, whatever the files, their order and the columns of absent tags
-- reads: usage
-- parameters: $from_us, $to_us (window, UTC microseconds, half-open)
-- parts: {tags}: the tags of a row as one text
select
    count(*) as rows,
    coalesce(sum(quantity), 0) as total,
    coalesce(sum(cast(hash(start_us, end_us, member_id, resource_id, meter, quantity, {tags}) as hugeint)), 0) as content
from usage
where start_us >= $from_us and start_us < $to_us
