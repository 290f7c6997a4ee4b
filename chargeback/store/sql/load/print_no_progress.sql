-- grain: none; the session prints no progress of its own
-- reads: nothing
-- parameters: none
set enable_progress_bar_print = false
