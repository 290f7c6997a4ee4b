-- grain: one row, the number of the schema of the store
-- reads: nothing
-- parameters: none
create table schema_number (number integer not null)
