"""Electronic invoices: EN 16931 XML of an issued document, its validation, and its place in a PDF/A-3b file.

Owns: the mapping of a document to the fields of EN 16931-1 (Factur-X, syntax CII), the official rules and our own
    checks, the texts of findings, the PDF/A-3b container (ISO 19005-3).
Does not own: amounts, labels and sentences, which are those of ``model`` and ``render/text``; the numbers of documents.
Start reading: ``factur_x``, then ``cii`` and ``validation``.
"""
