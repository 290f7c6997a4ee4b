-- grain: one row per row of a meter that begins before an earlier one of its series has ended, the first ones; and their number
-- reads: usage, files, crossing
-- parameters: $meter, $from_us, $to_us (window, UTC microseconds, half-open), $samples (whether rows without an end count), $most (listed)
-- parts: {reaching}: rows that reach into the window; {where}: equality of the tags that are asked for; {tags}: all tag
--   columns, each after a comma; {same_tags}: their equality
with
    firsts as (
        select file_id, min(rowid) as first_place
        from usage
        group by file_id
    ),
    rows as (
        select
            usage.file_id, usage.rowid - firsts.first_place + 1 as row,
            start_us, end_us, resource_id, case when resource_id is null then member_id end as member_id {tags}
        from usage
        join firsts on firsts.file_id = usage.file_id
        where start_us >= $from_us and start_us < $to_us and meter = $meter {where}
        union all
        select
            file_id, row,
            start_us, end_us, resource_id, case when resource_id is null then member_id end as member_id {tags}
        from {reaching} and meter = $meter {where}
    ),
    series as (
        select
            *,
            lead(start_us) over (partition by resource_id, member_id {tags} order by start_us) as next_us
        from rows
        where (resource_id is not null or member_id is not null) and ($samples or end_us is not null)
    ),
    meeting as (
        select distinct resource_id, member_id {tags}
        from series
        where end_us > next_us
    ),
    placed as (
        select
            series.*,
            files.path,
            max(struct_pack(end_us := coalesce(series.end_us, series.start_us), path := files.path, row := series.row)) over before as earlier
        from series
        join files on files.file_id = series.file_id
        semi join meeting
            on series.resource_id is not distinct from meeting.resource_id
            and series.member_id is not distinct from meeting.member_id
            {same_tags}
        window before as (
            partition by resource_id, member_id {tags}
            order by start_us
            rows between unbounded preceding and 1 preceding
        )
    )
select
    path, row, earlier.path as earlier_path, earlier.row as earlier_row,
    resource_id, member_id, start_us, earlier.end_us as earlier_end_us,
    count(*) over () as overlaps
from placed
where earlier.end_us > start_us
qualify row_number() over (order by path, row) <= $most
order by path, row
