-- grain: one row per row of ledger.rates, whole
-- reads: ledger.rates
-- parameters: none
select *
from ledger.rates
order by all
