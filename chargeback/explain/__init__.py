"""Explain: from a line of a document to the usage rows that it counts.

Owns: explanations of documents and of members' months, the rules of a day and their changes, as text and as JSON.
Does not own: any amount: it reads what billing and the ledger have. It changes nothing, prints nothing.
Start reading: ``explanation`` (what is asked for), then ``evidence`` (usage rows), ``line_fields`` and ``json_output``.
"""
