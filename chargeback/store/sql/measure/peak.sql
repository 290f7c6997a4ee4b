-- grain: one row per question and owner: its own use at the instant when all owners together use most (a tie: the earliest)
-- reads: samples(); the sums of `own` merge, wherever the rows are
-- parameters: $questions
with own as (
    select question, owner, start_us, sum(quantity) as quantity
    from samples()
    where list_contains($questions, question)
    group by question, owner, start_us
),
together as (
    select question, start_us, sum(quantity) as quantity
    from own
    group by question, start_us
),
peak as (
    select question, min(start_us) as start_us
    from together
    where quantity = (select max(t.quantity) from together as t where t.question = together.question)
    group by question
)
select own.question, own.owner, '' as unit, sum(case when own.start_us = peak.start_us then own.quantity else 0 end) as quantity
from own
join peak on peak.question = own.question
group by own.question, own.owner
order by own.question, own.owner
