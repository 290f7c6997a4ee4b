-- grain: one row per file in the store, by path
-- reads: files
-- parameters: none
select file_id, kind, path, sha256, rows, zone, tags, first_us, last_us, until_us, on_minutes, checked
from files
order by path
