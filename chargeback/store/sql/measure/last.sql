-- grain: one row per question, owner and unit: the sample that starts last (the larger of two that start together)
-- reads: samples(); starts and quantities of the latest merge, wherever the rows are
-- parameters: $questions
select question, owner, unit, max_by(quantity, struct_pack(start_us := start_us, quantity := quantity)) as quantity
from samples()
where list_contains($questions, question)
group by question, owner, unit
order by question, owner, unit
