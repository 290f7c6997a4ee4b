-- grain: one row per file
-- reads: files
-- parameters: none
update files set checked = true where not checked
