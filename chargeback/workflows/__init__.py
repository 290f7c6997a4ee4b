"""Workflows: the use cases, wired from the rooms to their left, one module each.

Owns: books (inputs, store and each month computed once), the session that opens them, the monthly run, issue,
adjustments, true-up, proof, accruals, verification, and the files that they write in ``out/``.
Does not own: rules of calculation, SQL, pages, words for the user. It prints nothing.
Start reading: ``books`` (the ways to a month), then ``monthly_run`` and ``issue``.
"""
