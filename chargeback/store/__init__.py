"""Store: usage, costs and the ledger's projection in one DuckDB file; all SQL of the program.

Owns: the schema, the load of files by their content, the measure of a month, hashes of inputs.
Does not own: prices and shares: it answers with exact quantities. The store can be deleted and is made anew.
Start reading: ``database``, then ``measure``.
"""
