"""Make the deliveries of the sample year, always the same bytes: ``python make_year.py [TARGET]``.

TARGET is a folder of deliveries, by default the one beside this script. Each of its folders, ``2023-11`` to
``2025-02``, holds what reaches the workspace before that month is billed. Written: members.csv, drivers.csv,
resources.csv (whole, when they change), usage/ and costs/. Kept by hand: chargeback.toml, tariffs/, reports/, budget/,
payments/, titres/.

Names, SIREN, postal codes and populations are real, and so is the merger (../SOURCES.md). That these bodies are members
of the operator, what they use and every amount is invented: each is a named constant. Nothing is drawn at random:
irregularity comes from ``noise``, a hash of the names of things.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

Row = Sequence[object]
FIRST, LAST = "2023-11", "2025-02"
START = date(2023, 1, 1)  # invented: when the membership of all starts
MERGER = date(2024, 1, 1)  # real: Gouzangrez merges into Commeny, whose SIREN changes
KNOWN = "2023-12"  # the delivery that brings the merger, in the first days of January
JOINS = date(2024, 5, 13)  # invented: L'Isle-Adam
LEAVES = date(2024, 9, 18)  # invented: Luzarches
MOVES = date(2024, 7, 1)  # invented: Wy-dit-Joli-Village is paid for by another EPCI

DEPT = "dept95-229501275"
NOVO = "novo-finess950110080"
CACP = "ca-de-cergy-pontoise-249500109"
CCVC = "cc-vexin-centre-200035970"
CCVVS = "cc-du-vexin-val-de-seine-249500513"
CERGY = "cergy-219501277"
PONTOISE = "pontoise-219505005"
ISLE_ADAM = "l-isle-adam-219503133"
LUZARCHES = "luzarches-219503521"
MAGNY = "magny-en-vexin-219503554"
VETHEUIL = "vetheuil-219506516"
LA_ROCHE = "la-roche-guyon-219505237"
ABLEIGES = "ableiges-219500022"
WY = "wy-dit-joli-village-219506904"
COMMENY = "commeny-200102267"
COMMENY_BEFORE = "commeny-219501699"
GOUZANGREZ = "gouzangrez-219502820"

NAMES = {  # name, kind, address, postal code, town: real
    DEPT: ("Département du Val-d'Oise", "departement", "Hôtel du département", "95000", "Cergy"),
    NOVO: ("Hôpital NOVO", "hopital", "Direction générale", "95300", "Pontoise"),
    CACP: ("CA de Cergy-Pontoise", "epci", "Siège de l'intercommunalité", "95000", "Cergy"),
    CCVC: ("CC Vexin Centre", "epci", "Siège de l'intercommunalité", "95640", "Marines"),
    CCVVS: ("CC du Vexin-Val de Seine", "epci", "Siège de l'intercommunalité", "95420", "Magny-en-Vexin"),
    CERGY: ("Cergy", "commune", "Mairie", "95000", "Cergy"),
    PONTOISE: ("Pontoise", "commune", "Mairie", "95300", "Pontoise"),
    ISLE_ADAM: ("L'Isle-Adam", "commune", "Mairie", "95290", "L'Isle-Adam"),
    LUZARCHES: ("Luzarches", "commune", "Mairie", "95270", "Luzarches"),
    MAGNY: ("Magny-en-Vexin", "commune", "Mairie", "95420", "Magny-en-Vexin"),
    VETHEUIL: ("Vétheuil", "commune", "Mairie", "95510", "Vétheuil"),
    LA_ROCHE: ("La Roche-Guyon", "commune", "Mairie", "95780", "La Roche-Guyon"),
    ABLEIGES: ("Ableiges", "commune", "Mairie", "95450", "Ableiges"),
    WY: ("Wy-dit-Joli-Village", "commune", "Mairie", "95420", "Wy-dit-Joli-Village"),
    COMMENY: ("Commeny", "commune", "Mairie", "95450", "Commeny"),
    COMMENY_BEFORE: ("Commeny", "commune", "Mairie", "95450", "Commeny"),
    GOUZANGREZ: ("Gouzangrez", "commune", "Mairie", "95450", "Gouzangrez"),
}
KNOWN_SIRET = {
    DEPT: "22950127500015",
    NOVO: "26950015300011",
}  # read in registers; the others are derived from the SIREN
POPULATION = {  # population totale of INSEE by edition 2023, 2024, 2025: real
    CERGY: (68275, 68778, 69965),
    PONTOISE: (32453, 31806, 32118),
    ISLE_ADAM: (11923, 12029, 12478),
    LUZARCHES: (4906, 4945, 4992),
    MAGNY: (5865, 5843, 5811),
    VETHEUIL: (903, 895, 885),
    LA_ROCHE: (516, 481, 452),
    ABLEIGES: (1119, 1121, 1124),
    WY: (333, 332, 333),
    COMMENY: (0, 660, 655),
    COMMENY_BEFORE: (514, 0, 0),
    GOUZANGREZ: (160, 0, 0),
}
TRAFFIC = {  # GB a day on the network, invented
    DEPT: 900, NOVO: 620, CACP: 410, CCVC: 60, CCVVS: 45, CERGY: 480, PONTOISE: 260, ISLE_ADAM: 90, LUZARCHES: 40,
    MAGNY: 35, VETHEUIL: 6, LA_ROCHE: 4, ABLEIGES: 7, WY: 3, COMMENY: 6, COMMENY_BEFORE: 5, GOUZANGREZ: 1,
}  # fmt: skip
STORAGE = {  # GiB stored, invented
    DEPT: 2600, NOVO: 1800, CACP: 950, CCVC: 320, CERGY: 1500, PONTOISE: 700, ISLE_ADAM: 520, LUZARCHES: 460,
    MAGNY: 210, COMMENY: 430, COMMENY_BEFORE: 400,
}  # fmt: skip
RACKS = (DEPT, DEPT, DEPT, NOVO, NOVO, CACP, CERGY, PONTOISE)  # whose each rack is, invented
USAGE = ("start", "end", "member_id", "resource_id", "meter", "quantity")
COSTS = ("period", "pool", "account", "label", "amount", "document")


def main(arguments: Sequence[str]) -> None:
    """Write the deliveries: of each month the files that are new, or other than before."""
    target = Path(arguments[0]) if arguments else Path(__file__).parent.parent / "sample_data" / "year" / "deliveries"
    before: dict[str, str] = {}
    for month in months(FIRST, LAST):
        for path, text in files(month).items():
            if before.get(path) != text:
                (target / month / path).parent.mkdir(parents=True, exist_ok=True)
                (target / month / path).write_text(text, encoding="utf-8", newline="")
                before[path] = text


def files(month: str) -> dict[str, str]:
    """The files that reach the workspace before a month is billed, by path."""
    found = {
        "members.csv": table(MEMBERS, member_rows(month)),
        "drivers.csv": table(("member_id", "driver", "value", "valid_from", "valid_to"), driver_rows(month)),
        "resources.csv": table(("resource_id", "member_id", "valid_from", "valid_to"), resource_rows()),
        f"usage/{month}-network.csv": table(USAGE, traffic_rows(month)),
        f"usage/{month}-datacenter.csv": table(USAGE, datacenter_rows(month)),
        f"costs/{month}.csv": table(COSTS, cost_rows(month)),
    }
    if month == FIRST:
        found["usage/2023-network.csv"] = table(
            USAGE, (r for m in months("2023-01", "2023-10") for r in traffic_rows(m))
        )
    if month == LATE[1]:
        found[f"usage/{LATE[0]}-datacenter-late.csv"] = table(USAGE, late_rows())
    if month == WRONG[1]:
        found[f"usage/{WRONG[0]}-datacenter.csv"] = table(USAGE, datacenter_rows(WRONG[0], mended=True))
    return found


# ---- small tools -----------------------------------------------------------------------------------------------


def table(columns: Iterable[str], rows: Iterable[Row]) -> str:
    """A CSV text: LF, header, an empty field for None."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(list(columns))
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return text.getvalue()


def months(first: str, last: str) -> list[str]:
    """The months from one to another, both included."""
    begin, end = ((int(m[:4]) * 12 + int(m[5:]) - 1) for m in (first, last))
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(begin, end + 1)]


def weeks(month: str) -> list[tuple[date, date]]:
    """The spans of a month that begin on the 1st, 8th, 15th, 22nd and 29th."""
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(31)).replace(day=1)
    return [
        (day, min(day + timedelta(7), after)) for day in (first + timedelta(7 * n) for n in range(5)) if day < after
    ]


def noise(*names: object) -> int:
    """An integer from 0 to 999 that depends on the names alone."""
    text = "|".join(str(name) for name in names)
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16) % 1000


def first_siret(siren: str) -> str:
    """The SIRET of the first establishment of a SIREN: 0001 and the check digit of Luhn. Derived, read in no
    register."""
    digits = f"{siren}0001"
    total = sum(sum(divmod(int(d) * (2 if n % 2 == 0 else 1), 10)) for n, d in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


# ---- who -------------------------------------------------------------------------------------------------------

MEMBERS = (
    *("member_id", "name", "kind", "siret", "address", "postal_code", "city", "payment_days"),
    *("payer", "successor", "frequency", "valid_from", "valid_to"),
)


def spans(month: str) -> dict[str, tuple[date, date | None]]:
    """The members that are known when a month is billed, each with its membership."""
    known = {name: (START, None) for name in NAMES if name not in (COMMENY, ISLE_ADAM)}
    if month >= KNOWN:
        known |= {COMMENY: (MERGER, None), COMMENY_BEFORE: (START, MERGER), GOUZANGREZ: (START, MERGER)}
    if month >= "2024-05":
        known[ISLE_ADAM] = (JOINS, None)
    if month >= "2024-09":
        known[LUZARCHES] = (START, LEAVES)
    return dict(sorted(known.items()))


def member_rows(month: str) -> Iterator[Row]:
    """members.csv as it is when a month is billed. Hospitals pay in 50 days (law); Magny-en-Vexin is billed by
    quarter."""
    for member, (begin, end) in spans(month).items():
        name, kind, address, postal_code, town = NAMES[member]
        siret = KNOWN_SIRET.get(member) or first_siret(member.rpartition("-")[2])
        days = 50 if kind == "hopital" else None
        frequency = "quarter" if member == MAGNY else None
        successor = COMMENY if end == MERGER else None
        for payer, since, until in payers(member, month, begin, end):
            yield member, name, kind, siret, address, postal_code, town, days, payer, successor, frequency, since, until


def payers(member: str, month: str, begin: date, end: date | None) -> list[tuple[str | None, date, date | None]]:
    """Who receives the documents of a member, since when and until when; None: itself."""
    if member == WY and month >= "2024-07":
        return [(CCVVS, begin, MOVES), (CCVC, MOVES, end)]
    return [({WY: CCVVS, ABLEIGES: CCVC}.get(member), begin, end)]


def driver_rows(month: str) -> Iterator[Row]:
    """drivers.csv: the population of each edition that is out when a month is billed, from 1 January of its year."""
    for member, (begin, end) in spans(month).items():
        latest = max(int(month[:4]), begin.year)
        for year, value in zip((2023, 2024, 2025), POPULATION.get(member, ()), strict=False):
            since, until = max(date(year, 1, 1), begin), min(date(year + 1, 1, 1), end or date.max)
            if value and year <= latest and since < until:
                yield member, "population", value, since, end if year == latest else until


def resource_rows() -> list[Row]:
    """resources.csv: the racks."""
    return [(f"rack-{number:02d}", owner, START, None) for number, owner in enumerate(RACKS, 1)]


# ---- what they use ---------------------------------------------------------------------------------------------

LATE = ("2024-03", "2024-04")  # the last weeks of March reach the workspace with April
LATE_WEEKS = (date(2024, 3, 15), date(2024, 3, 22), date(2024, 3, 29))
LATE_OF = (PONTOISE, "rack-08")  # Pontoise, and the rack that is its own
WRONG = ("2024-05", "2024-07")  # a reading of May is put right with July
WRONG_READING = (NOVO, date(2024, 5, 22), 4)  # counted four times


def present(member: str, begin: date, end: date) -> bool:
    """Whether a member is one on the first day of a span (identities that end or begin with the merger included)."""
    since = {COMMENY: MERGER, ISLE_ADAM: JOINS}.get(member, START)
    until = {COMMENY_BEFORE: MERGER, GOUZANGREZ: MERGER, LUZARCHES: LEAVES}.get(member, date.max)
    return since <= begin < until


def traffic_rows(month: str) -> Iterator[Row]:
    """GB of each member and week on the network."""
    for member, daily in TRAFFIC.items():
        for begin, end in weeks(month):
            if present(member, begin, end):
                quantity = daily * (end - begin).days * (930 + noise("gb", member, begin) * 140 // 1000)
                yield begin_of(begin), begin_of(end), member, None, "traffic_gb", Decimal(quantity) / 1000


def datacenter_rows(month: str, mended: bool = False) -> Iterator[Row]:
    """GiB stored by each member and kWh of each rack, by week; without those that come late, with the wrong reading
    until mended."""
    for row in all_datacenter_rows(month):
        if not is_late(row):
            yield row if mended else spoilt(row)


def late_rows() -> Iterator[Row]:
    """What was missing in the month that is closed."""
    return (row for row in all_datacenter_rows(LATE[0]) if is_late(row))


def is_late(row: Row) -> bool:
    return str(row[0])[:10] in map(str, LATE_WEEKS) and (row[2] in LATE_OF or row[3] in LATE_OF)


def spoilt(row: Row) -> Row:
    member, day, times = WRONG_READING
    if (row[2], str(row[0])[:10]) != (member, str(day)):
        return row
    return (*row[:5], int(str(row[5])) * times)


def all_datacenter_rows(month: str) -> Iterator[Row]:
    """Storage grows by 0.4 % a month; a rack draws 1.6 to 3.4 kW."""
    age = len(months("2023-11", month)) - 1
    for member, base in STORAGE.items():
        for begin, end in weeks(month):
            if present(member, begin, end):
                gib = base * (1000 + 4 * age + noise("gib", member, begin) * 6 // 1000) // 1000
                yield begin_of(begin), begin_of(end), member, None, "storage_gib", gib
    for number in range(1, len(RACKS) + 1):
        rack = f"rack-{number:02d}"
        watts = 1600 + noise("rack", rack) * 18 // 10
        for begin, end in weeks(month):
            energy = watts * (end - begin).days * 24 * (960 + noise("kwh", rack, begin) * 80 // 1000)
            yield begin_of(begin), begin_of(end), None, rack, "rack_energy_kwh", Decimal(energy // 1000) / 1000


def begin_of(day: date) -> str:
    """The first instant of a day, in the time zone of the workspace."""
    return f"{day}T00:00"


# ---- what it costs ---------------------------------------------------------------------------------------------

EVERY_MONTH = (  # pool, account, label, amount, how much it varies: invented
    ("network", "6135", "Location de longue durée de fibres", "1980.00", 0),
    ("network", "6262", "Transit IP", "640.00", 90),
    ("network", "6156", "Maintenance des équipements de transmission", "412.35", 0),
    ("datacenter", "6132", "Loyer des salles d'hébergement", "1450.00", 0),
    ("datacenter", "60612", "Électricité", "1688.40", 260),
    ("datacenter", "6156", "Maintenance climatisation et onduleurs", "521.18", 0),
)
ONCE = {  # invented: what a month bears besides
    "2024-02": ("network", "61558", "Réparation d'une artère coupée à Marines", "1264.80"),
    "2024-10": ("energy-refund", "60612", "Régularisation de fourniture d'électricité, trop-perçu", "-7384.61"),
    "2024-12": ("network", "6262", "Avoir pour interruption du 3 décembre", "-318.27"),
}


def cost_rows(month: str) -> Iterator[Row]:
    """costs/YYYY-MM.csv: what the operator bore."""
    lines = [(*line[:3], Decimal(line[3]) + varied(line[2], month, line[4])) for line in EVERY_MONTH]
    lines += [(*ONCE[month][:3], Decimal(ONCE[month][3]))] if month in ONCE else []
    for number, (pool, account, label, amount) in enumerate(lines, 1):
        yield month, pool, account, label, amount, f"Exemple fictif {month}-{number:02d}"


def varied(label: str, month: str, most: int) -> Decimal:
    """Up to so many euros more, to the cent."""
    return Decimal(noise(label, month) * most // 10) / 100


if __name__ == "__main__":
    main(sys.argv[1:])
