-- grain: one row per day of UTC, counted from 1970, on which a row of a file starts that has an end
-- reads: usage
-- parameters: $file_id
select distinct start_us // 86400000000 as day
from usage
where file_id = $file_id and end_us is not null
order by day
