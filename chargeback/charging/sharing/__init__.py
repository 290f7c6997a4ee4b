"""Sharing: cost pools split among members, to the cent. Pure; weights are exact rationals.

Owns: pools and transfers between them, keys, floors and caps, shares by a game or a curve, instalments of a budget.
Does not own: the solutions of games (``charging/games``), the true-up of a year (``billing/true_up``).
Start reading: ``pools``, ``pool_shares``, ``apportionment``, ``share_charges``, in this order.
"""
