-- grain: one row per period, pool and amount booked, with how often
-- reads: costs
-- parameters: none
select period, pool, cents, count(*) as lines
from costs
group by period, pool, cents
order by period, pool, cents
