"""Files: CSV and TOML read with the line of everything, and cells read exactly or refused.

Owns: the grammar of numbers, dates and periods in a cell; the line of each key; messages about a file that is no TOML.
Does not own: which columns or fields a file has.
Start reading: ``csv_files`` for registers, ``toml_lines`` for settings and rules.
"""
