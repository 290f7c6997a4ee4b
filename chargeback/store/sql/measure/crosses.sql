-- grain: one row: whether a row crosses an edge of a window of whole months
-- reads: crossing
-- parameters: $from_us, $to_us (window, UTC microseconds, half-open)
select exists (select 1 from crossing where start_us < $to_us and end_us > $to_us or start_us < $from_us and end_us > $from_us)
