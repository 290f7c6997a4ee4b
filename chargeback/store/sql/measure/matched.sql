-- grain: one row per usage row that a question counts, with the series that it is of
-- reads: usage, asked (question, combine, step_us, meter, member_id, resource_id, part, owner, unit, tags)
-- parameters: none
-- parts: {from_us}, {to_us}: window; {part}: number of the part; {equal}: equality of tag columns;
--   {own_tags}: all tag columns of the row, each after a comma
create or replace temp macro matched() as table (
    select
        a.question, a.combine, a.step_us, a.owner, a.unit,
        u.start_us, u.end_us, u.quantity,
        u.resource_id, case when u.resource_id is null then u.member_id end as member_id {own_tags}
    from usage as u
    join asked as a
        on a.meter = u.meter
        and a.member_id is not distinct from u.member_id
        and a.resource_id is not distinct from u.resource_id
        and a.part = {part}
        {equal}
    where u.start_us >= {from_us} and u.start_us < {to_us}
)
