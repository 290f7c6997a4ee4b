-- grain: the amounts of one entry
-- reads: nothing
-- parameters: one list per column, all of one length
insert into ledger.amounts
select
    unnest($entry::integer[]) as entry,
    unnest($number::varchar[]) as number,
    unnest($status::varchar[]) as status,
    unnest($for_month::varchar[]) as for_month,
    unnest($carried_from::varchar[]) as carried_from,
    unnest($member_id::varchar[]) as member_id,
    unnest($rule::varchar[]) as rule,
    unnest($version::date[]) as version,
    unnest($vat::varchar[]) as vat,
    unnest($rate::decimal(7, 4)[]) as rate,
    unnest($original::varchar[]) as original,
    unnest($amount::hugeint[]) as amount
