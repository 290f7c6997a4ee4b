"""Command line: the commands, their options and exit codes, and what each says.

Owns: parsing of arguments, questions to the user, data on stdout and words on stderr, the progress bar.
Does not own: decisions: each command calls a workflow and prints what it answers.
Start reading: ``app`` for the commands, ``month`` for check and run.
"""
