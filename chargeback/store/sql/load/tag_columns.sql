-- grain: one row per tag column of the usage
-- reads: the catalogue
-- parameters: none
select name
from pragma_table_info('usage')
where name like 'tag:%'
order by name
