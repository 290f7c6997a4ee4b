-- grain: one column, a tag that no file has any more under its old name
-- reads: usage or crossing
-- parameters: none
-- parts: {table}: usage or crossing; {column}: its name; {new}: the name it takes
alter table {table} rename column {column} to {new}
