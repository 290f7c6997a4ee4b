-- grain: one row per issued document and VAT rate, in per cent; amounts in cents
-- reads: nothing
-- parameters: none
create table ledger.rates (
    entry integer not null,
    number varchar not null,
    rate decimal(7, 4) not null,
    net hugeint not null,
    vat hugeint not null
)
