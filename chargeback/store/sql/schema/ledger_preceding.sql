-- grain: one row per document, issued one that it names and rate; net and vat (cents) are what it takes off that one, how is lines, amount or replaces
-- reads: nothing
-- parameters: none
create table ledger.preceding (
    entry integer not null,
    number varchar not null,
    place integer not null,
    original varchar not null,
    how varchar not null,
    rate decimal(7, 4) not null,
    net hugeint not null,
    vat hugeint not null
)
