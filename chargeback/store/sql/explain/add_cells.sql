-- grain: one row per cell of the usage behind some lines
-- reads: nothing
-- parameters: none
-- parts: {lists}: one list per column, as unnest($c0), all of one length
insert into behind
select {lists}
