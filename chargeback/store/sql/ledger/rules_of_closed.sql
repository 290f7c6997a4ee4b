-- grain: one row per closed period and rule version that it is based on; of a version used again by a correction, the last
-- reads: ledger.rules, ledger.entries
-- parameters: none
with closed as (
    select period
    from ledger.entries
    where kind = 'close'
)
select rules.period, rules.rule, rules.version, rules.valid_to, rules.sha256, rules.path, rules.line, rules.content
from ledger.rules as rules
join closed on closed.period = rules.period
qualify row_number() over (partition by rules.period, rules.rule, rules.version order by rules.entry desc) = 1
order by rules.rule, rules.version, rules.period
