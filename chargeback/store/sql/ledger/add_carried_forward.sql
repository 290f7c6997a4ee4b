-- grain: the documents that one entry carries to a later month
-- reads: nothing
-- parameters: one list per column, all of one length
insert into ledger.carried_forward
select
    unnest($entry::integer[]) as entry,
    unnest($period::varchar[]) as period,
    unnest($kind::varchar[]) as kind,
    unnest($payer_id::varchar[]) as payer_id,
    unnest($regime::varchar[]) as regime,
    unnest($net::hugeint[]) as net,
    unnest($vat::hugeint[]) as vat,
    unnest($gross::hugeint[]) as gross,
    unnest($carry_reason::varchar[]) as carry_reason
