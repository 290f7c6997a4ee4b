-- grain: the documents that one entry withholds
-- reads: nothing
-- parameters: one list per column, all of one length
insert into ledger.withheld
select
    unnest($entry::integer[]) as entry,
    unnest($period::varchar[]) as period,
    unnest($kind::varchar[]) as kind,
    unnest($payer_id::varchar[]) as payer_id,
    unnest($regime::varchar[]) as regime,
    unnest($net::hugeint[]) as net,
    unnest($vat::hugeint[]) as vat,
    unnest($gross::hugeint[]) as gross
