-- grain: one row, the number of migrations the store has been through
-- reads: nothing
-- parameters: none
insert into schema_number values (0)
