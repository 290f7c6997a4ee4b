-- grain: the documents of one period go
-- reads: documents
-- parameters: $period
delete from documents where period = $period
