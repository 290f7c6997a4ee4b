-- grain: one row per rule version that an entry is based on, whole
-- reads: ledger.rules
-- parameters: none
select *
from ledger.rules
order by all
