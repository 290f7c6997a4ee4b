-- grain: one row per cost of a file
-- reads: costs
-- parameters: $file_id
delete from costs where file_id = $file_id
