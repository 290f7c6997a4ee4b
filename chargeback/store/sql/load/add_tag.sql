-- grain: one column, a tag
-- reads: usage
-- parameters: column: its name, "tag:<name>"
alter table usage add column {column} varchar
