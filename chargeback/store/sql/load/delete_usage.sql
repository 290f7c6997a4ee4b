-- grain: one row per measurement of a file
-- reads: usage
-- parameters: $file_id
delete from usage where file_id = $file_id
