-- grain: the rules of one entry
-- reads: nothing
-- parameters: one list per column, all of one length
insert into ledger.rules
select
    unnest($entry::integer[]) as entry,
    unnest($period::varchar[]) as period,
    unnest($rule::varchar[]) as rule,
    unnest($version::date[]) as version,
    unnest($valid_to::date[]) as valid_to,
    unnest($sha256::varchar[]) as sha256,
    unnest($path::varchar[]) as path,
    unnest($line::integer[]) as line,
    unnest($content::varchar[]) as content
