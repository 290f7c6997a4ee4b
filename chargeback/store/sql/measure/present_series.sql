-- grain: one row per question, owner, unit and number of series present: at how many instants so many have a reading
-- reads: instant_sums
-- parameters: $peaks (questions about a common peak, of all owners together), $steps (questions with a step)
with
    together as (
        select
            question,
            case when list_contains($peaks, question) then '' else owner end as of_owner,
            case when list_contains($peaks, question) then '' else unit end as of_unit,
            start_us,
            cast(sum(series) as bigint) as present
        from instant_sums
        where list_contains($peaks, question) or list_contains($steps, question)
        group by all
    ),
    every as (
        select question, of_owner, of_unit, present
        from together
        union all
        select question, owner as of_owner, unit as of_unit, series as present
        from instant_sums
        where not list_contains($peaks, question) and not list_contains($steps, question)
    )
select question, of_owner, of_unit, present, count(*) as instants
from every
group by all
order by all
