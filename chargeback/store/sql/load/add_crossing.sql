-- grain: one row per usage row of a file that starts between two ends of months and goes past the second
-- reads: usage
-- parameters: $file_id, $from_us (first instant of the month), $edge_us (its end)
insert into crossing by name
select
    usage.*,
    rowid - (select min(rowid) from usage where file_id = $file_id) + 1 as row
from usage
where file_id = $file_id and start_us >= $from_us and start_us < $edge_us and end_us > $edge_us
