"""Fair division: cooperative cost games and cost curves, exact. Pure values and functions, no file, no clock.

A *game* is the cost of every coalition of its players (``game``). ``shapley``, ``nucleolus`` and ``scrb`` share the
cost of all of them; ``curves`` shares a cost curve over demands; ``fairness`` asks what a split or a game satisfies.
"""
