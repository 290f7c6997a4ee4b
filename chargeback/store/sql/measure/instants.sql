-- grain: one row per question, owner and unit: highest, sum and number of samples after rows of equal start are added
-- reads: samples(), combined by instant: the sums by owner, unit and start merge, wherever the rows are
-- parameters: $questions
select question, owner, unit, max(quantity) as highest, sum(quantity) as total, count(*) as samples
from samples()
where list_contains($questions, question)
group by question, owner, unit
order by question, owner, unit
