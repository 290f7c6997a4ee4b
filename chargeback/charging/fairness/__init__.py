"""Fairness: whether what a month charged is fair, game by game and curve by curve. Pure.

Owns: the report beside the charges: stand-alone costs, each method side by side, coalitions that object.
Does not own: the charges, which it never changes; the mathematics (``charging/games``).
Start reading: ``report``.
"""
