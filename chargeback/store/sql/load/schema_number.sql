-- grain: one row, the number of the schema of the store
-- reads: schema_number
-- parameters: none
select number from schema_number
