"""How fast the engine is, against what the machine could do at best: ``python -m benchmarks``."""
