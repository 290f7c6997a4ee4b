-- grain: one row per record of a CSV file, all text, tags named "tag:<name>"; an empty cell is null
-- reads: the file $path
-- parameters: $path, $columns (in the file's order)
from read_csv(
    $path,
    columns = $columns,
    header = true,
    auto_detect = false,
    delim = ',',
    quote = '"',
    escape = '"',
    encoding = 'utf-8',
    max_line_size = 16777216,
    compression = 'none',
    hive_partitioning = false
)
