"""Chargeback: the cost of common infrastructure shared, by measured use, dated tariffs and exact apportionment.

The package is thirteen rooms, one folder each. An import goes from a room to one on its left, never back:

    model → {workspace, charging} → {sources, billing, store} → {render, ledger} → einvoice → exports → workflows
    → explain → cli

Start reading: ``docs/architecture.md``, then ``workflows/monthly_run``.
"""

__version__ = "0.1.0"
