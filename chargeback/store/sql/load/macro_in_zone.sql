-- grain: one value, the instant of a local time; null in an hour that a clock change skips or repeats, and outside the lists
-- reads: nothing
-- parameters: local_us (a column: microseconds since 1970 on the clock); the lists of store/load/zones.py, cells of 2^41 from 430
create or replace temp macro in_zone(local_us, starts, ends, before, after) as
    case
        when local_us < 430::bigint << 41 or (local_us >> 41) >= 430 + len(starts) then null
        when local_us < starts[(local_us >> 41) - 429] then local_us - before[(local_us >> 41) - 429]
        when local_us >= ends[(local_us >> 41) - 429] then local_us - after[(local_us >> 41) - 429]
    end
