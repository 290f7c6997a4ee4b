-- grain: one row, a file
-- reads: files
-- parameters: $file_id
delete from files where file_id = $file_id
