-- grain: one row per question and cell of the usage that it counts
-- reads: nothing
-- parameters: none
-- parts: {lists}: one list per column, as unnest($c0), all of one length
insert into asked
select {lists}
