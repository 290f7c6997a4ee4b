-- grain: one row, the number of migrations the store has been through
-- reads: nothing
-- parameters: none
create table schema_number (number integer not null)
