-- grain: one column, a tag
-- reads: usage
-- parameters: none
-- parts: {column}: its name, "tag:<name>"
alter table usage add column {column} varchar
