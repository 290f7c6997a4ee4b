-- grain: one row per booked cost of a period, in an order that no order of files or rows changes
-- reads: costs, files
-- parameters: $period (YYYY-MM)
select
    costs.pool,
    costs.account,
    costs.label,
    costs.cents,
    costs.document,
    files.path,
    costs.line,
    costs.cell,
    costs.hidden
from costs
join files using (file_id)
where costs.period = $period
order by costs.pool, costs.account, costs.label, costs.document, costs.cents, files.path, costs.line, costs.cell
