-- grain: one row per row of ledger.fingerprints, whole
-- reads: ledger.fingerprints
-- parameters: none
select *
from ledger.fingerprints
order by all
