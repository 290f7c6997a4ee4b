-- grain: one row per measurement, in the order of its file; instants are UTC microseconds; one more column per tag, "tag:<name>"
-- reads: nothing
-- parameters: none
create table usage (
    file_id integer not null,
    start_us bigint not null,
    end_us bigint,
    member_id varchar,
    resource_id varchar,
    meter varchar not null,
    quantity decimal(27, 9) not null
)
