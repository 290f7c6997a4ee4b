-- grain: the period and entry of one issued document
-- reads: ledger.documents
-- parameters: $number
select period, entry
from ledger.documents
where number = $number
