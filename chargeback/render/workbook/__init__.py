"""Workbook: the finance workbook of a month, a module a sheet; the package is written last.

Owns: its sheets as typed tables, its checks as formulas, cells written digit by digit.
Does not own: amounts: each sheet reads the month and lays out one table.
Start reading: ``book``, which lists the sheets, then ``tables``.
"""
