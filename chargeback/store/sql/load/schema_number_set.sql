-- grain: one row, the number of the schema of the store
-- reads: nothing
-- parameters: $number
insert into schema_number values ($number)
