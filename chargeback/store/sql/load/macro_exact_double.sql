-- grain: one value, a DOUBLE as the exact decimal whose nearest double it is; null when no decimal of at most 9 places is
-- reads: nothing
-- parameters: number (double): whole up to 2^53, or below 2^23 the one decimal of 9 places that gives it back, or its shortest text
create or replace temp macro exact_double(number) as
    case
        when not isfinite(number) then null
        when abs(number) <= 9007199254740992 and number = trunc(number) then cast(cast(number as bigint) as decimal(27, 9))
        when abs(number) < 8388608
            then
                case
                    when cast(try_cast(number as decimal(27, 9)) as double) = number then try_cast(number as decimal(27, 9))
                end
        else exact_quantity(cast(number as varchar))
    end
