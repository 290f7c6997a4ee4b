-- grain: one row per cell of the usage behind a line of a document
-- reads: nothing
-- parameters: none
-- parts: {tags}: columns of the tags that rules ask for, each after a comma
create or replace temp table behind (
    evidence integer, meter varchar, member_id varchar, resource_id varchar, by_time boolean, step_us bigint,
    from_us bigint, to_us bigint{tags}
)
