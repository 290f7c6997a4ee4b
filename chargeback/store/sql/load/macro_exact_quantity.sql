-- grain: one value, a quantity as an exact decimal; null when the text is no number of the contract
-- reads: nothing
-- parameters: written (text)
create or replace temp macro exact_quantity(written) as
    case when regexp_full_match(written, '-?[0-9]{1,18}(\.[0-9]{1,9})?') then try_cast(written as decimal(27, 9)) end
