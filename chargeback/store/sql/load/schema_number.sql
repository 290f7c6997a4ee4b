-- grain: one row, the number of migrations the store has been through
-- reads: schema_number
-- parameters: none
select number from schema_number
