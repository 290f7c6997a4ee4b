-- grain: one column, a tag
-- reads: usage or crossing
-- parameters: none
-- parts: {table}: usage or crossing; {column}: its name, "tag:<name>"
alter table {table} add column {column} varchar
