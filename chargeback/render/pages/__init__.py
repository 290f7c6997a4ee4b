"""Pages: the documents and reports laid out: invoice, annex, statement, savings, fairness, proof.

Owns: which block comes where, and what is left out when there is no room.
Does not own: sentences (``render/text``), marks and fonts (``render/pdf``).
Start reading: ``invoice``, then ``lines`` and ``annex``.
"""
