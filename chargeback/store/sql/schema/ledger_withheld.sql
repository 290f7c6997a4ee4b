-- grain: one row per document that an entry withholds; those of the last issue, supplementary or waive entry of a period are withheld to this day
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
