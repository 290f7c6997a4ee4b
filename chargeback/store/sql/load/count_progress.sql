-- grain: none; the session counts how far a statement is
-- reads: nothing
-- parameters: none
set enable_progress_bar = true
