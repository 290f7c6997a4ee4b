-- grain: one row, whether any usage starts in the window
-- reads: usage
-- parameters: $from_us, $to_us (UTC microseconds, half-open)
select exists (select 1 from usage where start_us >= $from_us and start_us < $to_us)
