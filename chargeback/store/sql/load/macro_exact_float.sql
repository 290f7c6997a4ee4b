-- grain: one value, a FLOAT with 7 significant digits as an exact decimal; null when that has more than 9 places
-- reads: nothing
-- parameters: number (double that a FLOAT is): whole below 10^7; else as its text says, which has an exponent from 10^7 on
create or replace temp macro exact_float(number) as
    case
        when not isfinite(number) then null
        when abs(number) < 1e7 and number = trunc(number) then cast(cast(number as bigint) as decimal(27, 9))
        when abs(number) < 1e-4
            then
                case
                    when format('{:.7g}', cast(try_cast(number as decimal(27, 9)) as double)) = format('{:.7g}', number)
                        then try_cast(number as decimal(27, 9))
                end
        else exact_quantity(format('{:.7g}', number))
    end
