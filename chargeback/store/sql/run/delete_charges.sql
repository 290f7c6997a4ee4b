-- grain: the charges of one period go
-- reads: charges
-- parameters: $period
delete from charges where period = $period
