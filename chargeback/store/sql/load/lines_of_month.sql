-- grain: one row per booked cost of a period in some files, in the order of their lines
-- reads: costs
-- parameters: $period (YYYY-MM), $files
select costs.file_id, costs.line, costs.cell, costs.pool
from costs
where costs.period = $period and list_contains($files, costs.file_id)
order by costs.file_id, costs.line, costs.cell
