"""What was issued: numbers, entries, the rules they rest on. Only ever added to."""
