"""Ledger: what was issued, closed and corrected; only ever added to. ``docs/ledger.md`` describes its file.

Owns: numbers, entries and their chain, ``out/ledger.jsonl`` and its projection in the store, credit notes, receivables,
    verification; which of a period is billed, withheld or unissued.
Does not own: charges, which it never computes; the bytes of documents (``render``, ``einvoice``).
Start reading: ``entries`` for what an entry holds, ``postings`` for the walk over them, ``issuing`` for how one is
    written.
"""
