-- grain: one row per document or place without one (status), month charged for, member, rule version, regime and rate, in cents; original is the invoice that it is taken off; with carried_from it was counted in that month
-- reads: nothing
-- parameters: none
create table ledger.amounts (
    entry integer not null,
    number varchar not null,
    status varchar not null,
    for_month varchar not null,
    carried_from varchar not null,
    member_id varchar not null,
    rule varchar not null,
    version date not null,
    vat varchar not null,
    rate decimal(7, 4) not null,
    original varchar not null,
    amount hugeint not null
)
