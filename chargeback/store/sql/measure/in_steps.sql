-- grain: one row per owner, unit, step and number of readings of a series in it, of a question
-- reads: instant_sums
-- parameters: $question
select owner, unit, start_us, readings, total
from instant_sums
where question = $question
order by owner, unit, start_us, readings
