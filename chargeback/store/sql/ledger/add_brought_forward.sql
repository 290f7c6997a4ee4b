-- grain: the carried amounts that the documents of one entry bill
-- reads: nothing
-- parameters: one list per column, all of one length
insert into ledger.brought_forward
select
    unnest($entry::integer[]) as entry,
    unnest($number::varchar[]) as number,
    unnest($period::varchar[]) as period,
    unnest($payer_id::varchar[]) as payer_id,
    unnest($regime::varchar[]) as regime
