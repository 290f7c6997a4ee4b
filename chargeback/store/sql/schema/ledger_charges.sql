-- grain: one row per charge of an issued month, in cents; number is empty where no document bills it
-- reads: nothing
-- parameters: none
create table ledger.charges (
    entry integer not null,
    number varchar not null,
    line integer not null,
    period varchar not null,
    member_id varchar not null,
    rule varchar not null,
    version date not null,
    kind varchar not null,
    tier integer not null,
    resource_id varchar not null,
    quantity varchar,
    unit_price varchar,
    factor varchar not null,
    amount hugeint not null,
    vat varchar not null
)
