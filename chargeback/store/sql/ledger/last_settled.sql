-- grain: one row per entry, oldest first: the fingerprints it recorded, and the months it adjusts where it draws up documents again or credits an error
-- reads: ledger.entries, ledger.fingerprints, ledger.amounts
-- parameters: none
with recorded as (
    select entry, list(month order by month) as months, list(fingerprint order by month) as fingerprints
    from ledger.fingerprints
    group by entry
),
adjusted as (
    select amounts.entry, list(distinct amounts.for_month) as months
    from ledger.amounts as amounts
    join ledger.entries as entries on entries.sequence = amounts.entry
    where entries.kind in ('correct', 'supplementary', 'credit')
        and amounts.for_month <> entries.period and amounts.for_month <> amounts.carried_from
    group by amounts.entry
)
select
    entries.sequence,
    entries.kind,
    entries.period,
    coalesce(recorded.months, []) as months,
    coalesce(recorded.fingerprints, []) as fingerprints,
    coalesce(adjusted.months, []) as adjusted
from ledger.entries as entries
left join recorded on recorded.entry = entries.sequence
left join adjusted on adjusted.entry = entries.sequence
order by entries.sequence
