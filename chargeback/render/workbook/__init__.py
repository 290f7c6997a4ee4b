"""The sheets of the finance workbook: each reads the month and lays out one table; the package is written last."""
