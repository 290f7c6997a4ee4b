-- grain: one row per question, owner and unit (of a common peak: per question) with several series: instants they share
-- reads: matched(), instant_sums
-- parameters: $peaks: questions about a common peak
-- parts: {tags}: all tag columns, each after a comma
with
    each as (
        select distinct
            question,
            case when list_contains($peaks, question) then '' else owner end as of_owner,
            case when list_contains($peaks, question) then '' else unit end as of_unit,
            resource_id, member_id {tags}
        from matched()
        where combine
    ),
    series as (
        select question, of_owner, of_unit, count(*) as series
        from each
        group by all
        having count(*) > 1
    ),
    instants as (
        select
            question,
            case when list_contains($peaks, question) then '' else owner end as of_owner,
            case when list_contains($peaks, question) then '' else unit end as of_unit,
            start_us,
            sum(series) as present
        from instant_sums
        group by all
    )
select
    question, of_owner, of_unit, series.series,
    count(*) as instants,
    count(*) filter (where instants.present = series.series) as complete,
    cast(max(instants.present) as bigint) as most
from series
join instants using (question, of_owner, of_unit)
group by all
order by all
