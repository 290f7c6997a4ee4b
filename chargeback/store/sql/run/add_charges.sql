-- grain: one row per charge of a run, from one list per column of charges.csv; empty texts are null
-- reads: nothing
-- parameters: $c0 to $c13
insert into charges
with given as (
    select
        unnest($c0::varchar[]) as period, unnest($c1::varchar[]) as member_id, unnest($c2::varchar[]) as rule,
        unnest($c3::varchar[]) as version, unnest($c4::varchar[]) as kind, unnest($c5::varchar[]) as tier,
        unnest($c6::varchar[]) as resource_id, unnest($c7::varchar[]) as quantity, unnest($c8::varchar[]) as unit,
        unnest($c9::varchar[]) as unit_price, unnest($c10::varchar[]) as factor, unnest($c11::varchar[]) as amount,
        unnest($c12::varchar[]) as vat, unnest($c13::varchar[]) as reason
)
select
    period, member_id, rule, version::date, kind, nullif(tier, '')::integer, nullif(resource_id, ''),
    nullif(quantity, '')::decimal(38, 6), nullif(unit, ''), nullif(unit_price, '')::decimal(30, 12), nullif(factor, ''),
    amount::decimal(38, 2), vat, nullif(reason, '')
from given
