-- grain: one row per charge of the last run of each period, as in charges.csv
-- reads: nothing
-- parameters: none
create table charges (
    period varchar not null,
    member_id varchar not null,
    rule varchar not null,
    version date not null,
    kind varchar not null,
    tier integer,
    resource_id varchar,
    quantity decimal(38, 6),
    unit varchar,
    unit_price decimal(30, 12),
    factor varchar,
    amount decimal(38, 2) not null,
    vat varchar not null,
    reason varchar
)
