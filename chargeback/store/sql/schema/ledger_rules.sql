-- grain: one row per rule version that an entry is based on; sha256 covers what moves an amount or its legal basis
-- reads: nothing
-- parameters: none
create table ledger.rules (
    entry integer not null,
    period varchar not null,
    rule varchar not null,
    version date not null,
    valid_to date,
    sha256 varchar not null,
    path varchar not null,
    line integer,
    content varchar not null
)
