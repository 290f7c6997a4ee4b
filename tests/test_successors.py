"""Members that merge, join, leave and change payer: who takes over what, to the cent, on documents, statements and balances."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from oracle.month import bill

from chargeback.period import Period
from chargeback.result import Charge
from chargeback.run import compute, loaded

HERE = Path(__file__).parent
SETTINGS = HERE / "museum" / "base" / "chargeback.toml"
REFERENCE = 'references = [{ title = "Delibération du 12 décembre 2025" }]'
YEAR = [Period(2026, number) for number in range(1, 13)]


def write(root: Path, files: dict[str, str]) -> Path:
    """A workspace with some files, and the settings of the museum."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    if not (root / "chargeback.toml").exists():
        shutil.copy(SETTINGS, root / "chargeback.toml")
    return root


def rate(rule: str, quantity: str, *terms: str, head: str = "") -> str:
    """A rate for ever."""
    first = f'id = "{rule}"\nkind = "rate"\nservice = "cloud"\nvat = "services"\nlabel = {{ fr = "{rule}", en = "{rule}" }}\n{head}'
    body = "\n".join(("valid_from = 2020-01-01", REFERENCE, *terms))
    return f"{first}\nquantity = {quantity}\n[[version]]\n{body}\n"


def totals(charges: tuple[Charge, ...]) -> dict[tuple[str, str], int]:
    """Cents by member and rule, none of zero."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for charge in charges:
        found[charge.member_id, charge.rule] += charge.amount
    return {key: cents for key, cents in sorted(found.items()) if cents}


TIERS = 'model = "graduated"\ntiers = [{ up_to = "100", price = "1.00" }, { up_to = "400", price = "0.70", fee = "9.00" }, { price = "0.333" }]'
PRICES = (
    TIERS,
    TIERS.replace("graduated", "volume"),
    'model = "package"\npackage_size = "30"\nprice = "7.01"',
    'model = "flat"\nprice = "0.305"\nincluded = "50"',
)


def random_year(dice: random.Random) -> dict[str, str]:
    """Four members of which two or three merge on any days of 2026, use of every month, two rates that accumulate."""
    january = date(2026, 1, 1)
    ends = {"a": january + timedelta(dice.randint(1, 160)), "b": january + timedelta(dice.randint(1, 240))}
    starts = {"c": date(2020, 1, 1), "d": min(ends.values()) if dice.random() < 0.6 else date(2020, 1, 1)}
    heirs = {"a": dice.choice("cd"), "b": dice.choice("cd")}
    if dice.random() < 0.4:
        heirs["c"], ends["c"] = "d", max(*ends.values(), january + timedelta(dice.randint(100, 300)))
    members = ["member_id,name,kind,successor,valid_from,valid_to"]
    groups = ["group,member_id,valid_from,valid_to"]
    usage = ["start,end,member_id,resource_id,meter,quantity"]
    for name in "abcd":
        start, end = starts.get(name, date(2020, 1, 1)), ends.get(name)
        members.append(f"{name},{name},commune,{heirs.get(name, '')},{start},{end or ''}")
        if dice.random() < 0.7:
            joins = max(start, january + timedelta(dice.randint(-20, 90)))
            groups += [f"g,{name},{joins},"] if end is None or joins < end else []
        first, last = max(start, january), min(end or date(2027, 1, 1), date(2027, 1, 1))
        for _ in range(dice.randint(0, 14)):
            day = first + timedelta(dice.randrange((last - first).days))
            sign = "-" if dice.random() < 0.1 else ""
            hour = f"{day}T{dice.randrange(24):02d}:{dice.randrange(60):02d}Z".replace("T23", "T12").replace(
                "T22", "T12"
            )
            usage.append(f"{hour},,{name},vm{dice.randint(1, 3)},gb,{sign}{dice.randint(1, 200)}")
    seen = {",".join((*row.split(",")[:4], "gb")): row for row in usage[1:]}
    bounds = [f'{kind} = "{dice.randint(0, 300)}.00"' for kind in ("minimum", "maximum") if dice.random() < 0.5]
    if len(bounds) == 2:
        bounds[1] = 'maximum = "310.00"'
    group = 'group = "g"' if dice.random() < 0.5 and len(groups) > 1 else ""
    per = dice.choice(("", ', per = "resource"'))
    starts_on = [f'year_starts = "{dice.choice(("01-01", "04-01"))}"']
    year = ['accumulate = "year"', *starts_on]
    quantity = f'{{ meter = "gb", measure = "sum"{per} }}'
    return {
        "members.csv": "\n".join(members) + "\n",
        "groups.csv": "\n".join(groups) + "\n",
        "usage/2026.csv": "\n".join([usage[0], *seen.values()]) + "\n",
        "tariffs/gb.toml": rate("gb", quantity, *year, *bounds, dice.choice(PRICES), head=group),
    }


@pytest.mark.parametrize("seed", range(60))
def test_a_second_opinion_agrees_on_merged_years(seed: int, tmp_path: Path) -> None:
    """Each month of a random year in which members merge, as worked out apart from the program in plain fractions."""
    root = write(tmp_path / "w", random_year(random.Random(seed)))
    with loaded(root, write=False) as (inputs, store, _):
        found = {str(period): totals(compute(inputs, store, period).month.charges) for period in YEAR}
    assert {str(period): bill(root, str(period)) for period in YEAR} == found
