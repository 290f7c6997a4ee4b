"""Settings: chargeback.toml, read into ``model/settings``.

Owns: its fields and sections, identifiers with check digits, templates of document numbers.
Does not own: numbers that are given (``ledger/numbering``).
Start reading: ``read``.
"""
