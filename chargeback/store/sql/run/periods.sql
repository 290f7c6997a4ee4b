-- grain: one row per month that has a cost booked to it
-- reads: costs
-- parameters: none
select distinct period from costs order by period
