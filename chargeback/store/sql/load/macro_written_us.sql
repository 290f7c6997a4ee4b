-- grain: one value, the instant of a timestamp with Z or an offset, in UTC microseconds; null when it is not well formed
-- reads: nothing
-- parameters: written (text); the commonest form, of 20 characters, goes without a regular expression
create or replace temp macro written_us(written) as
    coalesce(
        case
            when strlen(written) = 20 and ends_with(written, 'Z') and written >= '1970'
                then epoch_us(try_strptime(written, '%Y-%m-%dT%H:%M:%SZ'))
        end,
        case
            when
                regexp_full_match(
                    written,
                    '[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?'
                    '(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])'
                )
                and written >= '0001'
                then epoch_us(try_cast(written as timestamptz))
        end
    )
