-- grain: one row per question, owner, unit, instant and number of readings of a series in it
-- reads: matched()
-- parameters: none
-- parts: {midnight}: local midnight before a row, as an instant; {tags}: all tag columns, each after a comma
-- the instant of a row is its start, or with a step the start of the step in which it lies, counted from midnight;
-- a series' value at an instant is the mean of its readings there, so `total` is to be divided by `readings`
create or replace temp table instant_sums as
with in_steps as (
    select
        question, owner, unit, resource_id, member_id {tags},
        {midnight} + (start_us - {midnight}) // step_us * step_us as instant_us,
        count(*) as readings,
        sum(quantity) as total
    from matched()
    where combine and step_us > 0
    group by all
)
select question, owner, unit, start_us, 1 as readings, count(*) as series, sum(quantity) as total
from matched()
where combine and step_us = 0
group by question, owner, unit, start_us
union all
select question, owner, unit, instant_us as start_us, readings, count(*) as series, sum(total) as total
from in_steps
group by question, owner, unit, instant_us, readings
