-- grain: one value, a DOUBLE with 15 significant digits as an exact decimal; null when that has more than 9 places
-- reads: nothing
-- parameters: number (double): whole below 10^15; else the one decimal of 9 places that gives it back; else as its text says
create or replace temp macro exact_double(number) as
    case
        when not isfinite(number) then null
        when abs(number) < 1e15 and number = trunc(number) then cast(cast(number as bigint) as decimal(27, 9))
        when abs(number) < 1e5 and cast(try_cast(number as decimal(27, 9)) as double) = number
            then try_cast(number as decimal(27, 9))
        when abs(number) < 1e-4
            then
                case
                    when format('{:.15g}', cast(try_cast(number as decimal(27, 9)) as double)) = format('{:.15g}', number)
                        then try_cast(number as decimal(27, 9))
                end
        else exact_quantity(format('{:.15g}', number))
    end
