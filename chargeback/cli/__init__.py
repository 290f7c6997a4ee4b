"""Command line: what Typer parses, and what each command prints.

Owns: commands and options, words on stderr, data on stdout, exit codes, the progress bar.
Does not own: decisions: a command asks a workflow, the ledger or ``explain``, and prints the answer.
Start reading: ``app`` (the commands), then the module that is named like a command, such as ``issue``.
"""
