-- grain: one row per record of a CSV file, in its order; a record that is not right stops the insert (start_us is null)
-- reads: the file $path
-- parameters: $file_id, $path, $columns (all text, in the file's order, tags named "tag:<name>"), $changes (clock changes)
insert into usage by name
with
    records as (
        from read_csv(
            $path,
            columns = $columns,
            header = true,
            auto_detect = false,
            delim = ',',
            quote = '"',
            escape = '"',
            encoding = 'utf-8',
            max_line_size = 16777216
        )
    ),
    typed as (
        select
            $file_id as file_id,
            * exclude ("start", "end", quantity),
            instant_us("start", $changes) as start_us,
            instant_us("end", $changes) as end_us,
            "end" is not null as has_end,
            exact_quantity(quantity) as quantity
        from records
    ),
    checked as (
        select
            * exclude (has_end) replace (case when not has_end or end_us > start_us then start_us end as start_us)
        from typed
    )
from checked
