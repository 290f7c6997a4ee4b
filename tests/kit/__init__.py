"""Kit of the tests: builders, random workspaces and years, readers of what the program writes."""
