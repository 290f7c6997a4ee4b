-- grain: one row per series that measures one minute twice; a series is a resource or member, a meter and tags
-- reads: usage, its starts on whole minutes
-- parameters: $from_us, $to_us (half-open), $minutes (between them, less one)
-- parts: {tags}: tag columns
-- each minute is a bit: a series with as many bits as rows repeats none
with
    starts as (
        select
            resource_id,
            case when resource_id is null then member_id end as member_id,
            meter,
            {tags}
            cast((start_us - $from_us) // 60000000 as integer) as minute
        from usage
        where
            start_us >= $from_us and start_us < $to_us
            and start_us % 60000000 = 0
            and (resource_id is not null or member_id is not null)
    ),
    series as (
        select
            * exclude (minute),
            count(*) as measurements,
            bit_count(bitstring_agg(minute, 0, $minutes)) as minutes
        from starts
        group by all
    )
select 1 from series where measurements <> minutes limit 1
