"""Documents as bytes: the frozen values of a month become PDF pages and a workbook. The same values, the same bytes.

Owns: the sentences and labels of documents (``text``), typography (``pdf``), pages (``pages``), sheets (``workbook``).
Does not own: amounts. Every amount is a field or property of a value of ``model``; only sums of them are shown beside
    them. Nothing here reads the clock, the store or the ledger; wording and formats are those of ``workspace/reports``.
Start reading: ``pages/invoice``, then ``text/calculations``.
"""
