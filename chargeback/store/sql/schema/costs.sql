-- grain: one row per booked cost; line of a CSV file, or cell of a workbook (Sheet!A2); hidden: sheet, row or ""
-- reads: nothing
-- parameters: none
create table costs (
    file_id integer not null,
    line integer,
    cell varchar not null,
    period varchar not null,
    pool varchar not null,
    account varchar not null,
    label varchar not null,
    cents hugeint not null,
    document varchar not null,
    hidden varchar not null
)
