-- grain: the VAT rates of the documents of one entry
-- reads: nothing
-- parameters: one list per column, all of one length
insert into ledger.rates
select
    unnest($entry::integer[]) as entry,
    unnest($number::varchar[]) as number,
    unnest($rate::decimal(7, 4)[]) as rate,
    unnest($net::hugeint[]) as net,
    unnest($vat::hugeint[]) as vat
