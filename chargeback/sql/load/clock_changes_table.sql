-- grain: one row per cell of local time
-- reads: nothing
-- parameters: $starts, $ends, $before, $after (lists of chargeback/zones.py, in microseconds)
create or replace temp table clock_changes as
select
    unnest(range(len($starts))) as cell,
    unnest(cast($starts as bigint[])) as starts,
    unnest(cast($ends as bigint[])) as ends,
    unnest(cast($before as bigint[])) as before,
    unnest(cast($after as bigint[])) as after
