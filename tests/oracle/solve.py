"""Linear equations and linear programs in exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Row = list[Fraction]


def pivot(rows: list[Row], at: int, column: int) -> None:
    """Make a column the unit vector of a row."""
    head = rows[at][column]
    rows[at] = [value / head for value in rows[at]]
    for index, row in enumerate(rows):
        if index != at and row[column]:
            rows[index] = [a - row[column] * b for a, b in zip(row, rows[at], strict=True)]


def solution(rows: list[Row]) -> Row:
    """The one solution of as many equations as unknowns; each row ends with its right side."""
    rows = [list(row) for row in rows]
    for column in range(len(rows)):
        at = next(i for i in range(column, len(rows)) if rows[i][column])
        rows[column], rows[at] = rows[at], rows[column]
        pivot(rows, column, column)
    return [row[-1] for row in rows]


def climb(rows: list[Row], basis: list[int], goal: Row, allowed: int) -> None:
    """Simplex by Bland's rule: ``goal`` is the reduced cost row, kept as the last of ``rows``."""
    rows.append(goal)
    for index, column in enumerate(basis):
        if rows[-1][column]:
            factor = rows[-1][column]
            rows[-1] = [a - factor * b for a, b in zip(rows[-1], rows[index], strict=True)]
    while True:
        entering = next((j for j in range(allowed) if rows[-1][j] > 0), None)
        if entering is None:
            return
        ratios = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(rows[:-1]) if row[entering] > 0]
        if not ratios:
            raise ArithmeticError("unbounded")
        leaving = min(ratios)[2]
        pivot(rows, leaving, entering)
        basis[leaving] = entering


def maximum(goal: Sequence[Fraction], at_most: Sequence[Row], equal: Sequence[Row]) -> tuple[Fraction, Row] | None:
    """The greatest value of a linear goal of free unknowns, and where; None when the constraints contradict.

    A constraint is its coefficients, then its right side.
    """
    count, slacks = len(goal), len(at_most)
    constraints = [*at_most, *equal]
    width = 2 * count + slacks + len(constraints)
    rows: list[Row] = []
    for index, given in enumerate(constraints):
        row = [Fraction(0)] * (width + 1)
        for j, value in enumerate(given[:-1]):
            row[2 * j], row[2 * j + 1] = value, -value
        if index < slacks:
            row[2 * count + index] = Fraction(1)
        row[-1] = given[-1]
        if row[-1] < 0:
            row = [-value for value in row]
        row[2 * count + slacks + index] = Fraction(1)
        rows.append(row)
    basis = [2 * count + slacks + index for index in range(len(constraints))]
    real = 2 * count + slacks
    climb(rows, basis, [Fraction(0)] * real + [Fraction(-1)] * len(constraints) + [Fraction(0)], real)
    if rows.pop()[-1] != 0:
        return None
    drop_artificials(rows, basis, real)
    climb(rows, basis, [v for g in goal for v in (g, -g)] + [Fraction(0)] * (width + 1 - 2 * count), real)
    best = -rows.pop()[-1]
    values = {column: row[-1] for column, row in zip(basis, rows, strict=True)}
    point = [values.get(2 * j, Fraction(0)) - values.get(2 * j + 1, Fraction(0)) for j in range(count)]
    return best, point


def drop_artificials(rows: list[Row], basis: list[int], real: int) -> None:
    """Take the helpers of the first phase out of the basis, with the equations that say nothing new."""
    for index in reversed(range(len(rows))):
        if basis[index] >= real:
            column = next((j for j in range(real) if rows[index][j]), None)
            if column is None:
                del rows[index], basis[index]
            else:
                pivot(rows, index, column)
                basis[index] = column
