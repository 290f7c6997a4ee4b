"""The pure chain: what to measure, charges, shares, documents, checks. No file, database, clock or screen."""
