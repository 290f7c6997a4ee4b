-- grain: one row per name of a file that holds more than printable ASCII, or has a space at its ends
-- reads: usage
-- parameters: $file_id
-- parts: {columns}: identifiers, meter and tags
with
    series as (
        select distinct {columns}
        from usage
        where file_id = $file_id
    ),
    names as (
        select distinct unnest([{columns}]) as name
        from series
    )
select name
from names
where not regexp_full_match(name, '[!-~]([ -~]*[!-~])?')
order by name
