"""Paths of a workspace: names of its files and folders."""

from __future__ import annotations

OUT = "out"


SETTINGS = "chargeback.toml"


PAYMENTS = "payments"


BUDGET = "budget"


STORE = "chargeback.duckdb"
