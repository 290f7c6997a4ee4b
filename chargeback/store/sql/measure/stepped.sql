-- grain: one row per usage row of some meters in reach of a window, each with an end
-- reads: usage, crossing
-- parameters: none
-- parts: {from_us}, {to_us}: window (UTC microseconds, half-open); {step_us}; {meters}: list of them;
--   {reaching}: rows that reach into the window; {tags}: all tag columns, each after a comma
-- a sample lasts one step, at most to the next row of its series (resource, or member that names none; same meter and tags)
create or replace temp table stepped as
with
    within as (
        select start_us, end_us, member_id, resource_id, meter, quantity {tags}
        from usage
        where start_us > {from_us} - {step_us} and start_us < {to_us} and list_contains({meters}, meter)
    ),
    before as (
        select start_us, end_us, member_id, resource_id, meter, quantity {tags}
        from {reaching} and start_us <= {from_us} - {step_us} and list_contains({meters}, meter)
    ),
    every as (
        select * from before
        union all
        select * from within
    ),
    followed as (
        select
            *,
            lead(start_us) over (
                partition by resource_id, case when resource_id is null then member_id end, meter {tags}
                order by start_us
            ) as next_us
        from every
    )
select
    * exclude (next_us, end_us),
    case
        when end_us is not null then end_us
        when next_us is null or (resource_id is null and member_id is null) then start_us + {step_us}
        else least(start_us + {step_us}, next_us)
    end as end_us
from followed
