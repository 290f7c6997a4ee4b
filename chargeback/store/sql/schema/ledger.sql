-- grain: none; the schema that holds what was issued, the only one that the workspace cannot rebuild
-- reads: nothing
-- parameters: none
create schema ledger
