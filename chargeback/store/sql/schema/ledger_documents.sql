-- grain: one row per issued document; amounts in cents; a series is a template of numbers
-- reads: nothing
-- parameters: none
create table ledger.documents (
    number varchar primary key,
    entry integer not null,
    kind varchar not null,
    series varchar not null,
    year integer not null,
    sequence integer not null,
    period varchar not null,
    payer_id varchar not null,
    regime varchar not null,
    issue_date date not null,
    due_date date not null,
    net hugeint not null,
    vat hugeint not null,
    gross hugeint not null,
    unique (series, year, sequence)
)
