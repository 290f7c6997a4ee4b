-- grain: one row per document drafted by the last run of each period; credit notes have negative amounts
-- reads: nothing
-- parameters: none
create table documents (
    period varchar not null,
    kind varchar not null,
    payer_id varchar not null,
    regime varchar not null,
    net decimal(38, 2) not null,
    vat decimal(38, 2) not null,
    gross decimal(38, 2) not null
)
