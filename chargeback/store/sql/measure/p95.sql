-- grain: one row per question, owner and unit: the nearest-rank 95th percentile, the ceil(0.95 n)-th smallest sample
-- reads: samples(); equal quantities are counted first: these counts merge, wherever the rows are
-- parameters: $questions
with
    counted as (
        select question, owner, unit, quantity, count(*) as samples
        from samples()
        where list_contains($questions, question)
        group by question, owner, unit, quantity
    ),
    ranked as (
        select
            question, owner, unit, quantity,
            sum(samples) over (partition by question, owner, unit order by quantity) as upto,
            sum(samples) over (partition by question, owner, unit) as samples
        from counted
    )
select question, owner, unit, min(quantity) as quantity
from ranked
where upto >= (95 * samples + 99) // 100
group by question, owner, unit
order by question, owner, unit
