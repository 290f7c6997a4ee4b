-- grain: one row: how many measurements of a file, from when to when, and whether all start on whole minutes
-- reads: usage
-- parameters: $file_id
select
    count(*) as rows,
    min(start_us) as first_us,
    max(start_us) as last_us,
    coalesce(max(start_us % 60000000) = 0 and min(start_us % 60000000) = 0, true) as on_minutes
from usage
where file_id = $file_id
