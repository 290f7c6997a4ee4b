"""Random orders, and the standard error of an estimate from them. Exact whole numbers until the square root."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from random import Random
from struct import unpack

MILLION = 1_000_000


def random_order(count: int, chance: Random) -> list[int]:
    """The numbers below ``count`` in a random order, the same for the same generator in every version of Python.

    Each is given 64 random bits and they are sorted by those; equal bits keep their order.
    """
    return sorted(range(count), key=unpack(f"<{count}Q", chance.randbytes(8 * count)).__getitem__)


def variance_of_mean(total: int, squares: int, count: int) -> Fraction:
    """The unbiased variance of the mean of ``count`` (two or more) values with this sum and sum of squares."""
    return Fraction(count * squares - total * total, count * count * (count - 1))


def standard_error(variance: Fraction) -> Fraction:
    """The square root of a variance, to the next millionth upwards: 2 is 1.414214."""
    square = -(-variance.numerator * MILLION**2 // variance.denominator)
    root = isqrt(square)
    return Fraction(root + (root * root < square), MILLION)
