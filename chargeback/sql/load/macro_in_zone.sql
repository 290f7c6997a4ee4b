-- grain: one value, the instant of a local time; null in an hour that a clock change skips or repeats, and outside 1970 to 2080
-- reads: nothing
-- parameters: local_us (microseconds since 1970 on the clock), changes (lists of chargeback/zones.py, cells of 2^40)
create or replace temp macro in_zone(local_us, changes) as
    case
        when local_us < 0 or (local_us >> 40) >= len(changes.starts) then null
        when local_us < changes.starts[(local_us >> 40) + 1] then local_us - changes.before[(local_us >> 40) + 1]
        when local_us >= changes.ends[(local_us >> 40) + 1] then local_us - changes.after[(local_us >> 40) + 1]
    end
