"""Text: what pages, sheets and the terminal say about a month, as plain text.

Owns: labels of rules, units and tiers; the terms of a version; the calculation behind an amount; sentences on
    adjustments and carried amounts.
Does not own: the wording itself (``reports/``, read by ``workspace/reports``), layout.
Start reading: ``labels``, then ``calculations``.
"""
