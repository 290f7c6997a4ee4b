-- grain: one row per document and issued one that it names; net and vat (cents) are what it takes off that one, how is lines, amount or replaces
-- reads: nothing
-- parameters: none
create table ledger.preceding (
    entry integer not null,
    number varchar not null,
    place integer not null,
    original varchar not null,
    how varchar not null,
    net hugeint not null,
    vat hugeint not null
)
