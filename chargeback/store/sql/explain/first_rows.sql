-- grain: one row per number of $numbers that has a usage row: the first one, by file and place in it (from 1)
-- reads: usage, files
-- parameters: lists of equal length: $numbers, $meters, $members, $resources, $froms, $tos (UTC microseconds, half-open)
with
    wanted as (
        select
            unnest(cast($numbers as integer[])) as number,
            unnest(cast($meters as varchar[])) as meter,
            unnest(cast($members as varchar[])) as member_id,
            unnest(cast($resources as varchar[])) as resource_id,
            unnest(cast($froms as bigint[])) as from_us,
            unnest(cast($tos as bigint[])) as to_us
    ),
    matched as (
        select wanted.number, usage.file_id, min(usage.rowid) as place
        from usage
        join wanted
            on wanted.meter = usage.meter
            and wanted.member_id is not distinct from usage.member_id
            and wanted.resource_id is not distinct from usage.resource_id
        where usage.start_us >= wanted.from_us and usage.start_us < wanted.to_us
        group by wanted.number, usage.file_id
    ),
    firsts as (
        select file_id, min(rowid) as first_place
        from usage
        where file_id in (select file_id from matched)
        group by file_id
    )
select matched.number, files.path, matched.place - firsts.first_place + 1 as row
from matched
join firsts on firsts.file_id = matched.file_id
join files on files.file_id = matched.file_id
qualify row_number() over (partition by matched.number order by files.path) = 1
order by matched.number
