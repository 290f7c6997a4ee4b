"""Reports: the words, numbers and look of documents, as data that a workspace may lay its own over.

Owns: ``reports/<language>/*.toml`` and ``reports/theme.toml``; how a locale writes money, numbers and dates.
Does not own: which words go where (``render``).
Start reading: ``wording``.
"""
