-- grain: nothing; the rows of a file that go past the end of their month are taken out
-- reads: crossing
-- parameters: $file_id
delete from crossing where file_id = $file_id
