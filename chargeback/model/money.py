"""Exact money: the one rounding function and the one split. Amounts are whole cents (``int``) or rationals.

Nothing else in the program rounds. A charge is rounded half away from zero to the cent; a pool is split
by largest remainder (Hamilton's method), so the shares always add up to the pool.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm


def to_cents(euros: Fraction) -> int:
    """Euros to whole cents, half away from zero: 0.005 is 1, -0.005 is -1."""
    numerator, denominator = abs(euros.numerator) * 100, euros.denominator
    cents = (2 * numerator + denominator) // (2 * denominator)
    return cents if euros >= 0 else -cents


def product_cents(*factors: Fraction) -> int:
    """The product of rationals (euros) in whole cents, half away from zero; no fraction is reduced on the way."""
    numerator, denominator = 200, 1
    for factor in factors:
        numerator *= factor.numerator
        denominator *= factor.denominator
    cents = (abs(numerator) + denominator) // (2 * denominator)
    return cents if numerator >= 0 else -cents


def euros(cents: int) -> Decimal:
    """Whole cents as euros with two decimals: 120 is Decimal('1.20')."""
    return Decimal(cents).scaleb(-2)


def euros_text(cents: int) -> str:
    """Whole cents as the text of euros with two decimals: -5 is ``-0.05``."""
    whole, decimals = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{decimals:02d}"


def rounded(value: Fraction, places: int) -> Decimal:
    """A rational with ``places`` decimals, half away from zero, for showing; never used to compute."""
    scale = 10**places
    numerator = abs(value.numerator) * scale
    units = (2 * numerator + value.denominator) // (2 * value.denominator)
    return Decimal(units if value >= 0 else -units).scaleb(-places)


def short(value: Fraction, places: int = 6) -> str:
    """A rational written with at most ``places`` decimals, half away from zero, without trailing zeros: ``2.5``."""
    if value.denominator == 1:
        return str(value.numerator)
    return format(rounded(value, places), "f").rstrip("0").rstrip(".")


def fixed(value: Fraction, places: int) -> str:
    """A rational written with exactly ``places`` (at least one) decimals, half away from zero: ``2.500000``."""
    numerator, denominator = value.numerator, value.denominator
    if denominator == 1:
        return f"{numerator}.{'':0<{places}}"
    scale = 10**places
    units = (2 * abs(numerator) * scale + denominator) // (2 * denominator)
    whole, decimals = divmod(units, scale)
    sign = "-" if numerator < 0 and units else ""
    return f"{sign}{whole}.{decimals:0{places}d}"


def added(values: Iterable[Fraction]) -> Fraction:
    """The exact sum of rationals; those of one denominator are added as whole numbers."""
    numerators: dict[int, int] = {}
    for value in values:
        numerators[value.denominator] = numerators.get(value.denominator, 0) + value.numerator
    return sum((Fraction(n, d) for d, n in numerators.items()), Fraction(0))


def split(cents: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Split whole cents in proportion to ``weights``, by largest remainder on exact rationals.

    Each name first gets its exact quota, ``cents`` × weight ÷ total, cut downwards; the cents that are left go one by
    one to the largest remainders. So the shares add up to ``cents``, and none differs from its quota by a cent or more.

    Why this method (Hamilton 1792, Vinton 1850), and not another:

    - each quota rounded by itself does not add up: three times a third of 100 is 99;
    - rounding running totals adds up, but what a name pays depends on the order of the names;
    - divisor methods (Jefferson or d'Hondt, Webster or Sainte-Laguë) add up, and drift: a large weight may get several
      cents more than its quota. No divisor method always stays within the quota (Balinski & Young, *Fair
      Representation*, 1982).

    Its price is the Alabama paradox: of a pool that is one cent larger, somebody may bear one cent less. It is never
    more than that cent, and nobody is owed the cent of another pool.

    - Ties: of equal remainders the smallest name by code point comes first; the order of ``weights`` never matters.
    - A negative pool is split as its size, then negated: a refund undoes the cost cent for cent.
    - A weight of zero gets nothing, not even a cent left over: its remainder is zero.
    - Negative weights are allowed, and receive where others pay; so is a negative total, which is as good as all
      weights negated. Quotas are then cut downwards too, and ties and remainders are as above.
    - Only proportions count: all weights times one number give the same shares.

    Raises ZeroDivisionError when the weights add up to zero and ``cents`` is not zero; zero cents are zero for all.
    """
    scale = lcm(*(weight.denominator for weight in weights.values()))
    whole = {name: weight.numerator * (scale // weight.denominator) for name, weight in weights.items()}
    total = sum(whole.values())
    if cents == 0:
        return dict.fromkeys(weights, 0)
    if total == 0:
        raise ZeroDivisionError("weights add up to zero")
    sign = 1 if cents > 0 else -1
    shares = _largest_remainder(abs(cents), {name: abs(cents) * weight for name, weight in whole.items()}, total)
    return {name: sign * share for name, share in shares.items()}


def apportion(cents: int, quotas: Mapping[str, Fraction]) -> dict[str, int]:
    """Whole cents nearest to exact ``quotas`` (in cents, adding up to ``cents``), by largest remainder; ties as in
    ``split``."""
    scale = lcm(*(quota.denominator for quota in quotas.values()))
    whole = {name: quota.numerator * (scale // quota.denominator) for name, quota in quotas.items()}
    return _largest_remainder(cents, whole, scale)


def _largest_remainder(cents: int, quotas: Mapping[str, int], scale: int) -> dict[str, int]:
    """Quotas are whole numbers of 1/``scale`` cents that add up to ``cents``."""
    if scale < 0:
        quotas, scale = {name: -quota for name, quota in quotas.items()}, -scale
    shares = {name: quota // scale for name, quota in quotas.items()}
    left = cents - sum(shares.values())
    by_remainder = sorted(quotas, key=lambda name: (-(quotas[name] % scale), name))
    for name in by_remainder[:left]:
        shares[name] += 1
    return shares


def instalments(cents: int, parts: int) -> Sequence[int]:
    """Cents split over equal parts, earliest first: 98000 over 12 is 8167 eight times, then 8166."""
    base, extra = divmod(abs(cents), parts)
    sign = 1 if cents >= 0 else -1
    return [sign * (base + (1 if i < extra else 0)) for i in range(parts)]
