-- grain: one row per question, owner and series of samples: on how many local days it has one
-- reads: matched()
-- parameters: $questions
-- parts: {midnight}: local midnight before a row, as an instant; {tags}: all tag columns, each after a comma
select question, owner, resource_id, member_id {tags}, count(distinct {midnight}) as days
from matched()
where end_us is null and list_contains($questions, question)
group by all
order by all
