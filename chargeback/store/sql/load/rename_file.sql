-- grain: one row, a file
-- reads: files
-- parameters: $file_id, $path
update files set path = $path where file_id = $file_id
