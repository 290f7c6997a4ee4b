"""Billing: charges turned into documents and statements, and what is billed of earlier months and years. Pure.

Owns: documents per payer and VAT regime, amounts carried forward and brought forward, credit allocation, adjustments of
    closed months, the true-up and its proof, statements, savings, ``charges.csv``.
Does not own: numbers and what was issued (``ledger``), pages (``render``). It opens nothing and asks no clock.
Start reading: ``month``, then ``invoicing``.
"""
