-- grain: one row: measurements, and about how many series they are of (a HyperLogLog count, to choose a method by)
-- reads: usage
-- parameters: $from_us, $to_us (half-open)
-- parts: {tags}: tag columns
select
    count(*) as measurements,
    approx_count_distinct(hash({tags} resource_id, case when resource_id is null then member_id end, meter)) as series
from usage
where start_us >= $from_us and start_us < $to_us
