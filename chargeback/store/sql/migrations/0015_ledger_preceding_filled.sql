-- grain: one row per document that corrects another, of the entries that were there before the table
-- reads: ledger.entries, ledger.documents
-- parameters: none
insert into ledger.preceding
with corrected as (
    select sequence, unnest(cast(json_extract(content, '$.documents[*]') as json[])) as document
    from ledger.entries
    where kind in ('credit', 'correct')
),
named as (
    select
        sequence,
        json_extract_string(document, '$.number') as number,
        json_extract_string(document, '$.preceding[0].number') as original,
        len(list_filter(json_extract_string(document, '$.lines[*].corrects'), lambda line: line <> '0')) > 0 as given_back
    from corrected
)
select
    named.sequence, named.number, 1, named.original,
    case when named.given_back then 'lines' else 'replaces' end,
    case when named.given_back then -documents.net else 0 end,
    case when named.given_back then -documents.vat else 0 end
from named
join ledger.documents as documents on documents.number = named.number
where named.original is not null
order by named.sequence, named.number
