-- grain: the charges of one entry
-- reads: nothing
-- parameters: one list per column, all of one length
insert into ledger.charges
select
    unnest($entry::integer[]) as entry,
    unnest($number::varchar[]) as number,
    unnest($line::integer[]) as line,
    unnest($period::varchar[]) as period,
    unnest($member_id::varchar[]) as member_id,
    unnest($rule::varchar[]) as rule,
    unnest($version::date[]) as version,
    unnest($kind::varchar[]) as kind,
    unnest($tier::integer[]) as tier,
    unnest($resource_id::varchar[]) as resource_id,
    unnest($quantity::varchar[]) as quantity,
    unnest($unit_price::varchar[]) as unit_price,
    unnest($factor::varchar[]) as factor,
    unnest($amount::hugeint[]) as amount,
    unnest($vat::varchar[]) as vat
