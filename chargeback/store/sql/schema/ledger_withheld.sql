-- grain: one row per document that an entry withholds; those of the last issue or supplementary entry of a period are withheld to this day
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
