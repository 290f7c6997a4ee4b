"""How sure an estimate is: the variance of a mean, and its square root. Exact whole numbers until the root."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

MILLION = 1_000_000


def variance_of_mean(total: int, squares: int, count: int) -> Fraction:
    """The unbiased variance of the mean of ``count`` (two or more) values with this sum and sum of squares."""
    return Fraction(count * squares - total * total, count * count * (count - 1))


def standard_error(variance: Fraction) -> Fraction:
    """The square root of a variance, to the next millionth upwards: 2 is 1.414214."""
    square = -(-variance.numerator * MILLION**2 // variance.denominator)
    root = isqrt(square)
    return Fraction(root + (root * root < square), MILLION)
