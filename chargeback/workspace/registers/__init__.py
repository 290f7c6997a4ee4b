"""Registers: the CSV files of members, groups, drivers, subscriptions and resources, and those beside them.

Owns: their columns, their problems, validities that overlap; payments, titres and budgets; who pays for whom.
Does not own: who is present on a day (``charging/metering/timeline``), what is owed (``ledger/receivables``).
Start reading: ``read`` for the registers, ``rows`` for how one row is read.
"""
