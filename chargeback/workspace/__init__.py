"""The files that finance keeps, read into values: settings, registers, rules; every mistake with its line."""
