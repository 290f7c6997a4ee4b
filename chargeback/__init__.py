"""Share the cost of common infrastructure: measured use, dated tariffs, exact apportionment."""

__version__ = "0.1.0"
