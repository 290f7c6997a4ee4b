-- grain: one row per table of the database
-- reads: the catalogue
-- parameters: none
select table_name
from information_schema.tables
where table_schema = 'main'
order by table_name
