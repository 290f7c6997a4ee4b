-- grain: one column, a tag that no file has any more under its old name
-- reads: usage
-- parameters: none
-- parts: {column}: its name; {new}: the name it takes
alter table usage rename column {column} to {new}
