-- grain: one row, whether any usage starts in the window or lasts into it
-- reads: usage, crossing
-- parameters: $from_us, $to_us (UTC microseconds, half-open)
select
    exists (select 1 from usage where start_us >= $from_us and start_us < $to_us)
    or exists (select 1 from crossing where start_us < $from_us and end_us > $from_us)
