"""Exports: the files that finance takes over, made from issued documents.

Owns: pre-titres (PES v2 with ASAP lines), the journal (CSV, hledger, Beancount), VAT due, accruals, archives for
    Chorus Pro, and the accounts that amounts are posted to.
Does not own: amounts, which are those of the documents; the ledger, which ``from_ledger`` alone reads.
Start reading: ``issued_document``, then ``pretitres`` or ``journal``.
"""
