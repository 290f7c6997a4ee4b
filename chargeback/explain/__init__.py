"""Explain: from a line of a document, or of a member's month, down to the rows of usage.

Owns: the calculation worked back from its values, the evidence behind a line, its text and its JSON.
Does not own: any amount: it changes nothing and shows what the engine did.
Start reading: ``explanation``, then ``line_fields``.
"""
