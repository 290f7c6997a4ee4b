"""What finance takes over: files made from issued documents. Values in, rows and bytes out; no store, no ledger."""
