-- grain: one row per amount for a month that entries of other months hold, in the order of the ledger; credit: it gives back, back: it was taken back by a correction
-- reads: ledger.amounts, ledger.entries, ledger.preceding
-- parameters: $period
with credits as (
    select preceding.number, preceding.original, entries.kind
    from ledger.preceding as preceding
    join ledger.entries as entries on entries.sequence = preceding.entry
    where preceding.how = 'lines'
),
last_of_period as (
    select max(sequence) as entry
    from ledger.entries
    where kind in ('issue', 'further')
    group by period
)
select
    amounts.member_id, amounts.rule, amounts.version, amounts.vat, amounts.amount, amounts.since <> '' as since,
    amounts.number in (select number from credits) as credit,
    amounts.number in (select original from credits where kind = 'correct') as back
from ledger.amounts as amounts
join ledger.entries as entries on entries.sequence = amounts.entry
where amounts.of_period = $period and entries.period <> $period
    and (amounts.since = '' or entries.kind in ('credit', 'correct'))
    and (amounts.stands <> 'aside' or amounts.entry in (select entry from last_of_period))
order by amounts.entry, amounts.number, amounts.stands, amounts.member_id, amounts.rule, amounts.version, amounts.vat
