"""Documents as bytes: the frozen month in, PDF pages out. Nothing here reads the clock or computes an amount."""
