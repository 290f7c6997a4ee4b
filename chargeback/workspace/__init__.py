"""Workspace: the folder that finance keeps, read into values, with every problem and its line at once.

Owns: the contract of files other than usage and costs: chargeback.toml, registers, tariffs, payments, titres, budgets,
    wording and theme.
Does not own: usage and costs (``store/load``), what is right about names across files (``charging/rule_checks``). It
    writes nothing and does not know DuckDB.
Start reading: ``inputs``, which reads a whole workspace.
"""
