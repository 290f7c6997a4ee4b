-- grain: one row: about how many different durations the rows of a window have (a HyperLogLog count, to choose a scan by)
-- reads: usage, or a sample of it
-- parameters: $from_us, $to_us (half-open)
-- parts: {rows}: table of the rows; {percent}: of the table's rows, always the same ones
select approx_count_distinct(end_us - start_us)
from {rows} tablesample system ({percent} percent) repeatable (1)
where start_us >= $from_us and start_us < $to_us
