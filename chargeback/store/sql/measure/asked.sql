-- grain: one row per question and cell of the usage that it counts
-- reads: nothing
-- parameters: none
-- parts: {tags}: columns of the tags that questions ask for, each after a comma
create or replace temp table asked (
    question integer, combine boolean, step_us bigint, meter varchar, member_id varchar, resource_id varchar, part integer,
    owner varchar, unit varchar{tags}
)
