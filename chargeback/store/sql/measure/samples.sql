-- grain: one row per sample of a question: its rows, or with combine one per owner and instant
-- reads: usage, asked (question, combine, meter, member_id, resource_id, part, owner, unit, tags)
-- parameters: none
-- parts: {from_us}, {to_us}: window; {part}: number of the part; {tags}: equality of tag columns
create or replace temp macro samples() as table (
    with matched as (
        select a.question, a.combine, a.owner, a.unit, u.start_us, u.quantity
        from usage as u
        join asked as a
            on a.meter = u.meter
            and a.member_id is not distinct from u.member_id
            and a.resource_id is not distinct from u.resource_id
            and a.part = {part}
            {tags}
        where u.start_us >= {from_us} and u.start_us < {to_us}
    ),
    combined as (
        select question, true as combine, owner, unit, start_us, sum(quantity) as quantity
        from matched
        where combine
        group by question, owner, unit, start_us
    )
    select question, combine, owner, unit, start_us, quantity from matched where not combine
    union all
    select question, combine, owner, unit, start_us, quantity from combined
)
