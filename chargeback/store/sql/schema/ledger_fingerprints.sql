-- grain: one row per entry and month whose input fingerprint it recorded; empty where it left something of the month to bill
-- reads: nothing
-- parameters: none
create table ledger.fingerprints (
    entry integer not null,
    month varchar not null,
    fingerprint varchar not null
)
