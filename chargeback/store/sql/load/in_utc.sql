-- grain: none; the session counts in UTC, whatever the machine's zone
-- reads: nothing
-- parameters: none
set global timezone = 'UTC'
