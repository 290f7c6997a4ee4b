-- grain: one row per file of usage/ or costs/ whose content is in the store
-- reads: nothing
-- parameters: none
create table files (
    file_id integer not null,
    kind varchar not null,
    path varchar not null,
    sha256 varchar not null,
    rows bigint not null,
    zone varchar not null,
    tags varchar[] not null,
    first_us bigint,
    last_us bigint,
    until_us bigint,
    on_minutes boolean not null,
    checked boolean not null
)
