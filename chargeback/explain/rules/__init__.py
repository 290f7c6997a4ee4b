"""Rules in force on a day and their changes between two, as values, plain text and JSON."""
