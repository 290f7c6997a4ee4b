-- grain: the input fingerprints that one entry recorded
-- reads: nothing
-- parameters: one list per column, all of one length
insert into ledger.fingerprints
select
    unnest($entry::integer[]) as entry,
    unnest($month::varchar[]) as month,
    unnest($fingerprint::varchar[]) as fingerprint
