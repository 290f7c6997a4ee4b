-- grain: one row per sample of a question without a step: its rows, or with combine one per owner and instant
-- reads: matched(), instant_sums
-- parameters: none
create or replace temp macro samples() as table (
    select question, owner, unit, start_us, quantity
    from matched()
    where not combine
    union all
    select question, owner, unit, start_us, total as quantity
    from instant_sums
)
