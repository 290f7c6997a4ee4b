-- grain: one row per tag column of the usage
-- reads: the catalogue
-- parameters: none
select column_name
from information_schema.columns
where table_schema = 'main' and table_name = 'usage' and column_name like 'tag:%'
order by column_name
