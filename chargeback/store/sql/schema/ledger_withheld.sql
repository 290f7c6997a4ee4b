-- grain: one row per document that an entry set aside; the period of its last issue or further one says what still is
-- reads: nothing
-- parameters: none
create table ledger.withheld (
    entry integer not null,
    period varchar not null,
    kind varchar not null,
    payer_id varchar not null,
    regime varchar not null,
    net hugeint not null,
    vat hugeint not null,
    gross hugeint not null
)
