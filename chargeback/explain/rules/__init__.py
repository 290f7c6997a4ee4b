"""Rules in force on a day and their changes between two, as values, plain text and JSON.

Owns: the life of rules as a reader sees it.
Does not own: what a rule may hold (``workspace/tariffs``), its terms in sentences (``render/text``).
Start reading: ``in_force``, then ``listing``.
"""
