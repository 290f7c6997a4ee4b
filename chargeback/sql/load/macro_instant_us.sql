-- grain: one value, the instant of a timestamp in UTC microseconds; null when it has none
-- reads: nothing
-- parameters: written (text), changes (lists of chargeback/zones.py)
create or replace temp macro instant_us(written, changes) as
    case
        when ends_with(written, 'Z') or written[-6] in ('+', '-') then written_us(written)
        else in_zone(written_us(written), changes)
    end
