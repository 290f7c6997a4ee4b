-- grain: one row per document of a run, from one list per column
-- reads: nothing
-- parameters: $c0 to $c6
insert into documents
with given as (
    select
        unnest($c0::varchar[]) as period, unnest($c1::varchar[]) as kind, unnest($c2::varchar[]) as payer_id,
        unnest($c3::varchar[]) as regime, unnest($c4::varchar[]) as net, unnest($c5::varchar[]) as vat,
        unnest($c6::varchar[]) as gross
)
select period, kind, payer_id, regime, net::decimal(38, 2), vat::decimal(38, 2), gross::decimal(38, 2) from given
