-- grain: one row, the number of migrations the store has been through
-- reads: schema_number
-- parameters: $number
update schema_number set number = $number
