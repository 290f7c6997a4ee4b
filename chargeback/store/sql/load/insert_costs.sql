-- grain: one row per cost of a file
-- reads: nothing
-- parameters: $file_id; lists of equal length: $lines, $cells, $periods, $pools, $accounts, $labels, $cents (text), $documents, $hidden
insert into costs by name
select
    $file_id as file_id,
    unnest(cast($lines as integer[])) as line,
    unnest(cast($cells as varchar[])) as cell,
    unnest(cast($periods as varchar[])) as period,
    unnest(cast($pools as varchar[])) as pool,
    unnest(cast($accounts as varchar[])) as account,
    unnest(cast($labels as varchar[])) as label,
    unnest(cast(cast($cents as varchar[]) as hugeint[])) as cents,
    unnest(cast($documents as varchar[])) as document,
    unnest(cast($hidden as varchar[])) as hidden
