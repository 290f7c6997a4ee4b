-- grain: one row: how many measurements of a file, when the first and last start, when all have ended, whether all start on whole minutes
-- reads: usage
-- parameters: $file_id
-- a sample has ended one microsecond after its start
select
    count(*) as rows,
    min(start_us) as first_us,
    max(start_us) as last_us,
    greatest(max(end_us), max(start_us) + 1) as until_us,
    coalesce(max(start_us % 60000000) = 0 and min(start_us % 60000000) = 0, true) as on_minutes
from usage
where file_id = $file_id
