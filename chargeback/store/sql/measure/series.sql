-- grain: one row per question, owner and unit that adds what is measured at one instant: how many series it has
-- reads: matched()
-- parameters: none
-- parts: {tags}: all tag columns, each after a comma
with each as (
    select distinct question, owner, unit, resource_id, member_id {tags}
    from matched()
    where combine
)
select question, owner, unit, count(*) as series
from each
group by question, owner, unit
order by question, owner, unit
