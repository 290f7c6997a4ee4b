-- grain: one row per period that was issued, or closed without documents
-- reads: ledger.entries
-- parameters: none
select distinct period
from ledger.entries
order by period
