"""Paths of a workspace: names of its files and folders, relative to its root, with ``/``."""

from __future__ import annotations

SETTINGS = "chargeback.toml"
MEMBERS = "members.csv"
GROUPS = "groups.csv"
DRIVERS = "drivers.csv"
SUBSCRIPTIONS = "subscriptions.csv"
RESOURCES = "resources.csv"
REGISTERS = (MEMBERS, GROUPS, DRIVERS, SUBSCRIPTIONS, RESOURCES)
STANDALONE = "standalone"
COALITIONS = f"{STANDALONE}/costs.csv"
USAGE = "usage"
COSTS = "costs"
PAYMENTS = "payments"
TITRES = "titres"
BUDGET = "budget"
TARIFFS = "tariffs"
REPORTS = "reports"
THEME = "theme.toml"
OUT = "out"
LEDGER = "ledger.jsonl"
STORE = "chargeback.duckdb"
