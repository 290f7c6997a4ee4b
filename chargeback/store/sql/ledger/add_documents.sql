-- grain: the documents of one entry
-- reads: nothing
-- parameters: one list per column, all of one length
insert into ledger.documents
select
    unnest($number::varchar[]) as number,
    unnest($entry::integer[]) as entry,
    unnest($kind::varchar[]) as kind,
    unnest($series::varchar[]) as series,
    unnest($year::integer[]) as year,
    unnest($sequence::integer[]) as sequence,
    unnest($period::varchar[]) as period,
    unnest($payer_id::varchar[]) as payer_id,
    unnest($regime::varchar[]) as regime,
    unnest($issue_date::date[]) as issue_date,
    unnest($due_date::date[]) as due_date,
    unnest($net::hugeint[]) as net,
    unnest($vat::hugeint[]) as vat,
    unnest($gross::hugeint[]) as gross
