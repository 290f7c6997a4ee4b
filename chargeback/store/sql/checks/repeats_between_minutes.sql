-- grain: one row if two of the rows picked are the same measurement
-- reads: usage
-- parameters: $from_us, $to_us (half-open), $minutes_too (false: only starts that are no whole minutes)
-- parts: {tags}: tag columns
select 1
from usage
where
    start_us >= $from_us and start_us < $to_us
    and ($minutes_too or start_us % 60000000 <> 0)
    and (resource_id is not null or member_id is not null)
group by {tags} resource_id, case when resource_id is null then member_id end, meter, start_us
having count(*) > 1
limit 1
