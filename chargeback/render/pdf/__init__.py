"""PDF: pages as lists of marks, then bytes; fonts, tables and charts. It knows no month.

Owns: layout in points, the measure of text, the same bytes for the same marks.
Does not own: what a page says.
Start reading: ``page``, then ``table``.
"""
