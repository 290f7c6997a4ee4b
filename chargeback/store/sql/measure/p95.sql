-- grain: one row per question, owner and unit: the nearest-rank 95th percentile, the ceil(0.95 n)-th smallest sample
-- reads: samples(); the numbers of samples of each quantity merge, wherever the rows are
-- parameters: $questions
with ranked as (
    select
        question, owner, unit, quantity,
        row_number() over (partition by question, owner, unit order by quantity) as place,
        count(*) over (partition by question, owner, unit) as samples
    from samples()
    where list_contains($questions, question)
)
select question, owner, unit, quantity
from ranked
where place = (95 * samples + 99) // 100
order by question, owner, unit
