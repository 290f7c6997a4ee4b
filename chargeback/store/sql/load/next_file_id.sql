-- grain: one row, a number that no file has
-- reads: files
-- parameters: none
select coalesce(max(file_id), 0) + 1 as file_id from files
