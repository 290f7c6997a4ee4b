-- grain: one row, a file
-- reads: nothing
-- parameters: $file_id, $kind, $path, $sha256, $rows, $zone, $tags, $first_us, $last_us, $until_us, $on_minutes, $checked
insert into files by name
select
    $file_id as file_id,
    $kind as kind,
    $path as path,
    $sha256 as sha256,
    $rows as rows,
    $zone as zone,
    cast($tags as varchar[]) as tags,
    cast($first_us as bigint) as first_us,
    cast($last_us as bigint) as last_us,
    cast($until_us as bigint) as until_us,
    $on_minutes as on_minutes,
    $checked as checked
