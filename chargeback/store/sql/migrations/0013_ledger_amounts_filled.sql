-- grain: that of ledger.amounts, of the entries that were there before: every charge was for the month of its entry
-- reads: ledger.charges
-- parameters: none
insert into ledger.amounts
select
    entry, number, case when number = '' then 'other' else 'issued' end as stands, period as of_period, '' as since,
    member_id, rule, version, vat, sum(amount) as amount
from ledger.charges
group by entry, number, period, member_id, rule, version, vat
order by all
