"""Load: the files of ``usage/`` and ``costs/`` put into the store, each content once, in sync with the folder.

Owns: CSV, Parquet and XLSX of usage and costs, with the line of each problem; duplicates; clock changes.
Does not own: registers and rules (``workspace``).
Start reading: ``sync``, then ``usage_files``.
"""
