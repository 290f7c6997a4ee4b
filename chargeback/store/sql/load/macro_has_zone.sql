-- grain: one value, whether a timestamp says its zone (Z or an offset)
-- reads: nothing
-- parameters: written (text)
create or replace temp macro has_zone(written) as ends_with(written, 'Z') or written[-6] in ('+', '-')
