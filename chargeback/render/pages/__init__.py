"""Pages: invoices, statements and reports, each drawn on a ``PageSheet`` from the values of a month."""
