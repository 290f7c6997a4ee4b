-- grain: the invoices that the documents of one entry name, and what they take off each
-- reads: nothing
-- parameters: one list per column, all of one length
insert into ledger.preceding
select
    unnest($entry::integer[]) as entry,
    unnest($number::varchar[]) as number,
    unnest($place::integer[]) as place,
    unnest($original::varchar[]) as original,
    unnest($how::varchar[]) as how,
    unnest($rate::decimal(7, 4)[]) as rate,
    unnest($net::hugeint[]) as net,
    unnest($vat::hugeint[]) as vat
