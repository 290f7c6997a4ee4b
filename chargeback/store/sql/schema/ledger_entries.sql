-- grain: one row per entry of the ledger; content is its line in out/ledger.jsonl, sha256 that of the line
-- reads: nothing
-- parameters: none
create table ledger.entries (
    sequence integer primary key,
    kind varchar not null,
    period varchar not null,
    entered date not null,
    previous_hash varchar not null,
    sha256 varchar not null unique,
    content varchar not null
)
