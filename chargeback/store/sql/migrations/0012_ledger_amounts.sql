-- grain: one row per document or place without one (stands), month charged for, member, rule version and regime, in cents; with since it was counted in that month
-- reads: nothing
-- parameters: none
create table ledger.amounts (
    entry integer not null,
    number varchar not null,
    stands varchar not null,
    of_period varchar not null,
    since varchar not null,
    member_id varchar not null,
    rule varchar not null,
    version date not null,
    vat varchar not null,
    amount hugeint not null
)
