"""Simplex: small linear programmes with very many columns, solved exactly by the revised method on whole numbers.

Minimise the cost of multipliers of given columns that add up to a target. The inverse of the basis is kept as whole
numbers over one determinant (fraction-free pivots, Edmonds 1967); ties are broken lexicographically (Dantzig, Orden &
Wolfe 1955), so it always ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Vector = Sequence[int]
Matrix = list[list[int]]


@dataclass(frozen=True, slots=True)
class BasisColumn:
    """Column of a programme.

    Attributes:
        vector: its numbers.
        label: number by which the caller knows it.
        free: whether its multiplier may have any sign.
        helper: whether it leaves the basis first on a tie.
    """

    vector: tuple[int, ...]
    label: int
    free: bool = False
    helper: bool = False


@dataclass(frozen=True, slots=True)
class Inverse:
    """Inverse of a basis matrix (its columns are the basis), as whole numbers over one determinant.

    Attributes:
        rows: its rows, times the determinant.
        determinant: the determinant, above zero.
    """

    rows: Matrix
    determinant: int

    def times(self, vector: Vector) -> list[int]:
        """The coordinates of a vector in the basis, times the determinant."""
        return [sum(map(int.__mul__, row, vector)) for row in self.rows]

    def prices(self, costs: Vector) -> list[int]:
        """The prices at which each column of the basis costs what ``costs`` says, times the determinant."""
        return [sum(map(int.__mul__, costs, column)) for column in zip(*self.rows, strict=True)]

    def exchanged(self, leaving: int, coordinates: Vector) -> Inverse:
        """The inverse after column number ``leaving`` made way for one with these coordinates."""
        pivot, head, old = coordinates[leaving], self.rows[leaving], self.determinant
        rows = [
            head if i == leaving else [(a * pivot - coordinates[i] * b) // old for a, b in zip(row, head, strict=True)]
            for i, row in enumerate(self.rows)
        ]
        return Inverse(rows, pivot) if pivot > 0 else Inverse([[-value for value in row] for row in rows], -pivot)


def inverse(columns: Sequence[Vector]) -> Inverse:
    """The inverse of independent columns, entered one by one from the unit matrix."""
    size = len(columns)
    found = Inverse([[int(i == j) for j in range(size)] for i in range(size)], 1)
    place: list[int] = []
    for column in columns:
        coordinates = found.times(column)
        at = next(i for i in range(size) if coordinates[i] and i not in place)
        found = found.exchanged(at, coordinates)
        place.append(at)
    return Inverse([found.rows[at] for at in place], found.determinant)


@dataclass(frozen=True, slots=True)
class Optimum:
    """Optimum: a best basis.

    Attributes:
        columns: its columns.
        multipliers: their multipliers, times the determinant.
        prices: prices of the rows, times the determinant.
        determinant: the determinant.
    """

    columns: list[BasisColumn]
    multipliers: list[int]
    prices: list[int]
    determinant: int


def minimise(
    basis: Sequence[BasisColumn],
    cost: Callable[[BasisColumn], int],
    enter: Callable[[Vector, int], BasisColumn | None],
) -> Optimum:
    """From a basis whose multipliers are not negative (except those of free columns), to one that no column improves.

    The target is the last unit vector. ``enter(prices, determinant)`` gives a column that costs less than it is worth
    at those prices, or None. ArithmeticError when the cost has no least value.
    """
    columns = list(basis)
    start = [column.vector for column in columns]
    now = inverse(start)
    while True:
        prices = now.prices([cost(column) for column in columns])
        entering = enter(prices, now.determinant)
        if entering is None:
            return Optimum(columns, [row[-1] for row in now.rows], prices, now.determinant)
        coordinates = now.times(entering.vector)
        leaving = _leaving(columns, now, coordinates, start)
        now = now.exchanged(leaving, coordinates)
        columns[leaving] = entering


def _leaving(columns: Sequence[BasisColumn], now: Inverse, coordinates: Vector, start: Sequence[Vector]) -> int:
    """The first multiplier to reach zero as the entering one grows; of several, the lexicographically first."""
    rows = [i for i, column in enumerate(columns) if not column.free and coordinates[i] > 0]
    if not rows:
        raise ArithmeticError("the cost has no least value")
    ties = _least(rows, coordinates, [row[-1] for row in now.rows])
    helpers = [i for i in ties if columns[i].helper]
    if helpers:
        return helpers[0]
    tie_breakers = iter(start)
    while len(ties) > 1:
        ties = _least(ties, coordinates, now.times(next(tie_breakers)))
    return ties[0]


def _least(rows: Sequence[int], coordinates: Vector, values: Vector) -> list[int]:
    """The rows whose value over coordinate (above zero) is least."""
    best = rows[0]
    for i in rows:
        if values[i] * coordinates[best] < values[best] * coordinates[i]:
            best = i
    return [i for i in rows if values[i] * coordinates[best] == values[best] * coordinates[i]]
