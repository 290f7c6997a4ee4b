"""Games: fair division of a cost by cooperative games and cost curves, exact. Pure.

A *game* is the cost of every coalition of its players (``game``). ``shapley``, ``nucleolus`` and ``scrb`` share the
cost of all of them; ``curves`` and ``curve_shapley`` share a cost curve over demands; ``core`` and ``properties`` say
what a split or a game satisfies.

Owns: the mathematics, each with its paper in the docstring of its module.
Does not own: members, months and cents. It knows players as numbers.
Start reading: ``game``, then ``shapley``.
"""
