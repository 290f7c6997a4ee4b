"""Each line of a document down to the usage rows."""
