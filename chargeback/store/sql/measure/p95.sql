-- grain: one row per question, owner and unit: the nearest-rank 95th percentile, the ceil(0.95 n)-th smallest sample
-- reads: samples(); the numbers of samples of each quantity merge, wherever the rows are
-- parameters: $questions
select question, owner, unit, list_sort(list(quantity))[(95 * count(*) + 99) // 100] as quantity
from samples()
where list_contains($questions, question)
group by question, owner, unit
order by question, owner, unit
