-- grain: one row per document (without number while it is withheld, or given up) and carried amount that it bills, by month and payer that carried it
-- reads: nothing
-- parameters: none
create table ledger.brought_forward (
    entry integer not null,
    number varchar not null,
    period varchar not null,
    payer_id varchar not null,
    regime varchar not null
)
