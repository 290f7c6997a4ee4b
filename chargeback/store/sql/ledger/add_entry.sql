-- grain: one entry
-- reads: nothing
-- parameters: $sequence, $kind, $period, $entered, $previous_hash, $sha256, $content
insert into ledger.entries
values ($sequence, $kind, $period, $entered, $previous_hash, $sha256, $content)
