-- grain: one value, the microseconds of a timestamp as written, at its offset when it has one; null when it is not well formed
-- reads: nothing
-- parameters: written (text); the first branch takes the commonest form without a regular expression
create or replace temp macro written_us(written) as
    case
        when
            written like '____-__-__T__:__:__Z'
            and not contains(written, ' ')
            and not contains(written, 'T24')
            and try_cast(written as timestamp) >= timestamp '1970-01-01'
            then epoch_us(try_cast(written as timestamp))
        when
            regexp_full_match(
                written,
                '[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?'
                '(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?'
            )
            and written >= '0001'
            then epoch_us(try_cast(written as timestamp))
    end
