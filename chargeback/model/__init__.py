"""Model: values and exact arithmetic that every room shares.

Owns: money, periods, rules, facts, settings, charges, documents, the month, and problems as values; the one rounding
    function and the one split.
Does not own: files, SQL, words on pages. It opens nothing, prints nothing, asks no clock and imports no other room.
Start reading: ``money`` for arithmetic, ``rules`` and ``facts`` for what a month is made from, ``month`` for the
    result.
"""
