-- grain: one row per usage row behind a line, with its file and its place in it (from 1), in that order
-- reads: usage, files, behind
-- parameters: $most: rows shown of a line, null for all
-- parts: {from_us}, {to_us}: window; {part}: number of the part; {tags}: equality of tag columns; {shown}: tags to show
with
    matched as (
        select b.evidence, u.rowid as place, u.*
        from usage as u
        join behind as b
            on b.meter = u.meter
            and b.member_id is not distinct from u.member_id
            and b.resource_id is not distinct from u.resource_id
            and b.part = {part}
            {tags}
        where u.start_us >= {from_us} and u.start_us < {to_us}
    ),
    firsts as (
        select file_id, min(rowid) as first_place
        from usage
        where file_id in (select file_id from matched)
        group by file_id
    )
select
    matched.evidence,
    files.path,
    matched.place - firsts.first_place + 1 as row,
    matched.start_us,
    matched.end_us,
    matched.member_id,
    matched.resource_id,
    matched.meter,
    matched.quantity
    {shown}
from matched
join firsts on firsts.file_id = matched.file_id
join files on files.file_id = matched.file_id
qualify $most is null or row_number() over (partition by matched.evidence order by files.path, matched.place) <= $most
order by matched.evidence, files.path, matched.place
