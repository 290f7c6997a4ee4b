-- grain: one row, the VAT rate that the documents of a month bear under a regime; none where it billed or carried nothing
-- reads: ledger.amounts
-- parameters: $regime, $period
select rate
from ledger.amounts
where vat = $regime and for_month = $period and status in ('issued', 'carried_forward', 'withheld')
order by entry, number = ''
limit 1
