-- grain: one row per entry with credit notes that take an amount off an invoice, oldest first
-- reads: ledger.preceding
-- parameters: $number: that of the invoice
select distinct entry
from ledger.preceding
where original = $number and how = 'amount'
order by entry
