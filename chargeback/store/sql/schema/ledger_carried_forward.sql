-- grain: one row per document of a month that is billed in a later one; amounts in cents; carry_reason says why
-- reads: nothing
-- parameters: none
create table ledger.carried_forward (
    entry integer not null,
    period varchar not null,
    kind varchar not null,
    payer_id varchar not null,
    regime varchar not null,
    net hugeint not null,
    vat hugeint not null,
    gross hugeint not null,
    carry_reason varchar not null
)
