-- grain: one row per rule version that an entry is based on
-- reads: ledger.rules
-- parameters: none
select distinct rule, version
from ledger.rules
order by rule, version
