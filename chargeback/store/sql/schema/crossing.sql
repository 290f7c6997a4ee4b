-- grain: one row per usage row whose interval goes past the end of the month (of the workspace's time zone) of its start
-- reads: nothing
-- parameters: none
-- as usage, with the place of the row in its file (from 1); one more column per tag, "tag:<name>"
create table crossing (
    file_id integer not null,
    row bigint not null,
    start_us bigint not null,
    end_us bigint not null,
    member_id varchar,
    resource_id varchar,
    meter varchar not null,
    quantity decimal(27, 9) not null
)
