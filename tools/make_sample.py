"""Make the sample workspace from the source data, always the same bytes: ``python make_sample.py SOURCE [TARGET]``.

SOURCE is the folder of the source data (see SOURCES.md for what each file is and where it comes from), TARGET the
workspace to write, by default the folder of this script. Written: members.csv, groups.csv, drivers.csv,
subscriptions.csv, resources.csv, usage/ and costs/. Not written: chargeback.toml and the texts, kept by hand.

Names, SIREN, populations, headcounts of hospitals, the trace of virtual machines, the computing jobs and the cloud
bill are real. That these bodies are members of the operator, and every number of this file, is invented:
each is a named constant or stands beside the sentence that says so. Nothing is drawn at random: where a series needs
irregularity it comes from the real trace, or from ``noise``, a hash of the names of things.
"""

from __future__ import annotations

import csv
import hashlib
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

PARIS = ZoneInfo("Europe/Paris")
UTC = UTC
MONTHS = ("2026-09", "2026-10")
FULL = "2026-10"  # the month that holds every sample of the trace; the other one is a summary of the same trace
START = date(2023, 1, 1)  # invented: when the membership of all starts
JOINS = ("L'Isle-Adam", date(2026, 10, 12))  # invented
LEAVES = ("Luzarches", date(2026, 10, 21))  # invented
MERGER = date(2024, 1, 1)  # real: Gouzangrez merges into Commeny, whose SIREN changes
TRACE_DAY = date(2013, 8, 12)  # the first day of the trace, UTC
JOBS_WEEK = date(2022, 10, 7)  # the first day of the week of jobs, a Friday in Paris
FOCUS_MONTH = date(2024, 9, 1)  # the month of the cloud bill, UTC
EDITIONS = {"2023": date(2023, 1, 1), "2024": date(2024, 1, 1), "2025": date(2025, 1, 1)}  # 2026 repeats 2025
USD_IN_EUR = Decimal("0.92")  # assumption
FOCUS_SCALE = {"2026-09": 900, "2026-10": 1000}  # invented: each line of the bill stands for so many alike
SMALL_COMMUNES = ("Magny-en-Vexin", "Auvers-sur-Oise", "Marines", "Vétheuil", "La Roche-Guyon", "Wy-dit-Joli-Village",
                  "Ableiges", "Luzarches", "Commeny")  # fmt: skip
LARGE_COMMUNES = 42  # the most populous communes, by total population
HOSPITALS = {  # legal entity (FINESS EJ) -> (name, short name)
    "950110015": ("Centre hospitalier Victor Dupouy", "argenteuil-ch"),
    "950110080": ("Hôpital NOVO", "novo"),
    "950013870": ("Groupement hospitalier Eaubonne-Montmorency Simone Veil", "ghem"),
    "950110049": ("Centre hospitalier général de Gonesse", "gonesse-ch"),
    "950140012": ("Centre hospitalier spécialisé Roger Prévot de Moisselles", "moisselles-chs"),
    "950500041": ("Centre hospitalier Le Parc", "taverny-ch"),
}
OUTSIDE = ("200054781", "200058519")  # EPCI with one commune of the département: members, but without a local network

Row = Sequence[object]


def main(arguments: Sequence[str]) -> None:
    """Write the workspace; the argument is the folder of the source data."""
    source = Path(arguments[0])
    target = Path(arguments[1]) if len(arguments) > 1 else Path(__file__).parent.parent / "sample_data"
    body = Body(source)
    write(target / "members.csv", MEMBER_COLUMNS, body.member_rows())
    write(target / "groups.csv", ("group", "member_id", "valid_from", "valid_to"), group_rows(body))
    write(target / "drivers.csv", LEVELS.format("driver", "value").split(","), driver_rows(body))
    write(target / "subscriptions.csv", LEVELS.format("item", "quantity").split(","), subscription_rows(body))
    trace = Trace(source / "usage", body)
    write(target / "resources.csv", ("resource_id", "member_id", "valid_from", "valid_to"), resource_rows(body, trace))
    focus = Focus(source / "focus" / "focus_sample_1000.csv", body)
    for month in MONTHS:
        days = days_of(month)
        usage = target / "usage"
        parquet(usage / f"{month}-vm-vcpu-used.parquet", trace.used(month))
        parquet(usage / f"{month}-vm-reserved.parquet", trace.reserved(days))
        parquet(usage / f"{month}-links.parquet", trace.links(days))
        write(usage / f"{month}-storage.csv", (*USAGE, "class"), storage_rows(body, days))
        write(usage / f"{month}-racks.csv", USAGE, rack_rows(body, days))
        write(usage / f"{month}-iot.csv", (*USAGE, "kind"), iot_rows(body, days))
        write(usage / f"{month}-mobile.csv", (*USAGE, "plan"), mobile_rows(body, days))
        write(usage / f"{month}-cloud-jobs.csv", (*USAGE, "circle"), job_rows(source, body, month))
        write(usage / f"{month}-cloud-public.csv", (*USAGE, "provider", "category", "charge"), focus.usage(month))
        write(usage / f"{month}-public-wifi.csv", USAGE, wifi_rows(body, days))
        write(target / "costs" / f"{month}.csv", COSTS, cost_rows(month, focus))


# ---- small tools -----------------------------------------------------------------------------------------------


def write(path: Path, columns: Iterable[str], rows: Iterable[Row]) -> None:
    """A CSV file: UTF-8, LF, header, an empty field for None."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(list(columns))
        writer.writerows([["" if v is None else v for v in row] for row in rows])


def parquet(path: Path, frame: pl.DataFrame) -> None:
    """A Parquet file, Zstandard, in one order; the columns of usage, of the types that lose nothing."""
    frame = frame.select(
        pl.col("start").cast(pl.Datetime("us", "UTC")),
        pl.col("end").cast(pl.Datetime("us", "UTC")),
        pl.lit(None, pl.String).alias("member_id"),
        "resource_id",
        "meter",
        pl.col("quantity").cast(pl.Decimal(18, 6)),
    ).sort("meter", "resource_id", "start")
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path, compression="zstd", compression_level=19, row_group_size=300_000, statistics=True)


def slug(name: str) -> str:
    """A name in small ASCII letters: ``Saint-Ouen-l'Aumône`` is ``saint-ouen-l-aumone``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


def noise(*names: object) -> int:
    """An integer from 0 to 999 that depends on the names alone."""
    text = "|".join(str(n) for n in names)
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16) % 1000


def rounded(value: Decimal, places: int) -> Decimal:
    """Half away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def days_of(month: str) -> list[date]:
    """The days of ``YYYY-MM``."""
    first = date.fromisoformat(f"{month}-01")
    return [first + timedelta(n) for n in range(31) if (first + timedelta(n)).month == first.month]


def midnight(day: date) -> datetime:
    """The instant at which a day begins in Paris."""
    return datetime.combine(day, time(), PARIS)


def stamp(instant: datetime) -> str:
    """An instant as ``2026-10-01T00:00:00+02:00`` or, in UTC, ``…Z``."""
    return instant.isoformat().replace("+00:00", "Z")


# ---- who ---------------------------------------------------------------------------------------------------------

MEMBER_COLUMNS = (
    *("member_id", "name", "kind", "siret", "vat_number", "address", "postal_code", "city", "country"),
    *("service_code", "engagement", "payment_days", "email", "valid_from", "valid_to"),
)
LEVELS = "member_id,{},{},valid_from,valid_to"


class Body:
    """The bodies of the sample. A member_id is the name and the SIREN: ``cergy-219501277``."""

    def __init__(self, source: Path) -> None:
        rows = read(source / "members_val_doise.csv")
        self.history = read(source / "members_val_doise_history_2021_2026.csv")
        self.names = {r["insee"]: r["name"] for r in rows if r["kind"] == "commune"}
        communes = [r for r in rows if r["kind"] == "commune"]
        communes.sort(key=lambda r: (-int(r["population_totale"]), r["insee"]))
        self.all_communes = communes
        large = communes[:LARGE_COMMUNES]
        self.communes = large + [r for r in communes if r["name"] in SMALL_COMMUNES and r not in large]
        self.communes += [r for r in communes if r["name"] == JOINS[0] and r not in self.communes]
        self.communes.sort(key=lambda r: (-int(r["population_totale"]), r["insee"]))
        self.epci = sorted((r for r in rows if r["kind"] == "epci"), key=lambda r: r["siren"])
        self.departement = next(r for r in rows if r["kind"] == "departement")
        self.dept = f"dept95-{self.departement['siren']}"
        self.hospitals = self._hospitals([r for r in rows if r["kind"] == "hospital_site"])
        self.commune_ids = [self.id_of(r) for r in self.communes]
        self.epci_ids = [self.id_of(r) for r in self.epci]
        self.local_epci_ids = [self.id_of(r) for r in self.epci if r["siren"] not in OUTSIDE]
        self.hospital_ids = [h["id"] for h in self.hospitals]
        self.population = {self.id_of(r): int(r["population_totale"]) for r in self.communes}

    @staticmethod
    def id_of(row: dict[str, str]) -> str:
        return f"{slug(row['name'])}-{row['siren']}"

    def _hospitals(self, sites: list[dict[str, str]]) -> list[dict[str, str]]:
        """One member per legal entity, by headcount; where it has several SIREN its FINESS number names it."""
        found = []
        for entity, (name, short) in HOSPITALS.items():
            own = [s for s in sites if s["finess"].endswith(f"EJ {entity}")]
            sirens = {s["siren"] for s in own}
            number = own[0]["siren"] if len(sirens) == 1 else f"finess{entity}"
            largest = max(own, key=lambda s: int(s["headcount"]))
            headcount = sum(int(s["headcount"]) for s in own)
            row = {"id": f"{short}-{number}", "name": name, "insee": largest["insee"], "headcount": str(headcount)}
            found.append(row | {"postal_code": largest["postal_codes"], "siret": largest["siret"]})
        return sorted(found, key=lambda h: -int(h["headcount"]))

    def span(self, member_id: str) -> tuple[date, date | None]:
        """When a member is in force."""
        if member_id in MERGED.values():
            return START, MERGER
        if member_id.startswith("commeny-"):
            return MERGER, None
        if member_id.startswith(f"{slug(JOINS[0])}-"):
            return JOINS[1], None
        return START, LEAVES[1] if member_id.startswith(f"{slug(LEAVES[0])}-") else None

    def member_rows(self) -> list[Row]:
        """members.csv: SIRET of the source, else of the first establishment by rule; hospitals pay in 50 days (law)."""
        dept = self.departement
        seat = ("Hôtel du département", "95000", "Cergy")
        found = [(self.dept, dept["name"], "departement", dept["siret"], *seat, "", *self.span(self.dept))]
        for h in self.hospitals:
            address = ("Direction générale", h["postal_code"], self.names[h["insee"]])
            found.append((h["id"], h["name"], "hopital", h["siret"], *address, "50", *self.span(h["id"])))
        for e in self.epci:
            address = ("Siège de l'intercommunalité", *self.seat_of(e))
            found.append(
                (self.id_of(e), e["name"], "epci", first_siret(e["siren"]), *address, "", *self.span(self.id_of(e)))
            )
        for c in self.communes:
            address = ("Mairie", c["postal_codes"].split("|")[0], c["name"])
            found.append(
                (self.id_of(c), c["name"], "commune", first_siret(c["siren"]), *address, "", *self.span(self.id_of(c)))
            )
        for insee, old in MERGED.items():
            name = next(r["nom"] for r in self.history if r["insee"] == insee)
            siret = first_siret(old.rpartition("-")[2])
            found.append((old, name, "commune", siret, "Mairie", "95450", name, "", *self.span(old)))
        return [
            (i, n, k, s, "", ad, pc, city, "FR", "", "", pay, "", a, z) for i, n, k, s, ad, pc, city, pay, a, z in found
        ]

    def seat_of(self, epci: dict[str, str]) -> tuple[str, str]:
        """Postal code and name of the most populous commune of an EPCI in the département, by rule taken for its
        seat."""
        own = [r for r in self.all_communes if r["epci_siren"] == epci["siren"]]
        largest = max(own, key=lambda r: (int(r["population_totale"]), r["insee"]))
        return largest["postal_codes"].split("|")[0], largest["name"]

    def everybody(self) -> list[str]:
        """The members of the sample's months."""
        return [self.dept, *self.hospital_ids, *self.epci_ids, *self.commune_ids]


def first_siret(siren: str) -> str:
    """The SIRET of the first establishment of a SIREN: 0001 and the check digit of Luhn. Derived, read in no
    register."""
    digits = f"{siren}0001"
    total = sum(sum(divmod(int(d) * (2 if n % 2 == 0 else 1), 10)) for n, d in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


MERGED = {"95169": "commeny-219501699", "95282": "gouzangrez-219502820"}  # identities that ended on 1 January 2024


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def group_rows(body: Body) -> Sequence[Row]:
    """groups.csv, all invented: who takes part in which closed group or agreement."""
    groups = {
        "gfu-education": [body.dept, *[c for c in body.commune_ids if schools(body, c)]],
        "gfu-administration": [body.dept, *body.local_epci_ids, *body.commune_ids],
        "datacenter-hosted": sorted(set(rack_owners(body))),
        "fibre-users": sorted(set(link_owners(body))),
        "iot-users": sorted({owner for _, owner in sensors(body)}),
        "m365-users": [m for m, e3, _ in seats(body) if e3],
        "mobile-users": [m for m, n in lines(body)],
        "cloud-users": cloud_users(body),
        "other-bodies": [body.dept, *body.hospital_ids, *body.epci_ids],
    }
    return sorted((g, m, *body.span(m)) for g, members in groups.items() for m in members)


def driver_rows(body: Body) -> list[Row]:
    """drivers.csv: population (total population of INSEE by edition), agents, pupils, km of fibre."""
    found: list[Row] = []
    for member in [*body.commune_ids, *MERGED.values()]:
        found += population_rows(body, member)
    for member in body.everybody():
        found.append((member, "agents", agents(body, member), *body.span(member)))
        if pupils(body, member):
            found.append((member, "pupils", pupils(body, member), *body.span(member)))
    for member in sorted(set(link_owners(body))):
        km = rounded(Decimal(4 + noise("km", member) % 9) + Decimal(noise("hm", member) % 10) / 10, 1)
        found.append((member, "fibre_km", km * (6 if member == body.dept else 1), *body.span(member)))
    return sorted(found, key=lambda r: (str(r[1]), str(r[0]), str(r[3])))


def population_rows(body: Body, member: str) -> list[Row]:
    """One row per edition in which the body had this SIREN and was a member, and the last one goes on."""
    siren = member.rpartition("-")[2]
    first, last = body.span(member)
    values = [(EDITIONS[r["millesime"]], r["population_totale"]) for r in body.history
              if r["siren"] == siren and r["millesime"] in EDITIONS]  # fmt: skip
    values.sort()
    if first > values[0][0]:
        values = [(max(first, day), value) for day, value in values if day >= first] or [(first, values[-1][1])]
    ends = [*[day for day, _ in values[1:]], last]
    return [(member, "population", value, day, end) for (day, value), end in zip(values, ends, strict=True)]


def agents(body: Body, member: str) -> int:
    """Agents: real for hospitals (SAE 2023); invented for others, by population."""
    if member in body.hospital_ids:
        return int(next(h["headcount"] for h in body.hospitals if h["id"] == member))
    if member == body.dept:
        return 4100
    if member in body.epci_ids:
        epci = next(e for e in body.epci if body.id_of(e) == member)
        return min(900, 25 + int(epci["population_totale"]) // 700)
    return 3 + body.population[member] // 55


def schools(body: Body, member: str) -> int:
    """Sites of education, invented: 110 for the département, one per 2,500 inhabitants for communes above 2,000."""
    if member == body.dept:
        return 110
    people = body.population.get(member, 0)
    return 1 + people // 2500 if people >= 2000 else 0


def pupils(body: Body, member: str) -> int:
    """Pupils, invented: 500 a site for the département, 210 for communes."""
    return schools(body, member) * (500 if member == body.dept else 210)


def offices(body: Body, member: str) -> int:
    """Sites of administration, invented: 38 for the département, else by agents."""
    return 38 if member == body.dept else 1 + agents(body, member) // 90


def seats(body: Body) -> list[tuple[str, int, int]]:
    """Microsoft 365 seats (E3, F3), invented: six agents in ten at the département, fewer elsewhere."""
    users = [
        (body.dept, 62, 20),
        *[(h, 9, 12) for h in body.hospital_ids[2:5]],
        *[(e, 70, 5) for e in body.local_epci_ids[:5]],
    ]
    users += [(c, 24, 14) for c in body.commune_ids[1:26]]
    return [(m, agents(body, m) * e3 // 100, agents(body, m) * f3 // 100) for m, e3, f3 in users]


def lines(body: Body) -> list[tuple[str, int]]:
    """Mobile lines, invented: about one agent in six."""
    users = [body.dept, *body.hospital_ids, *body.local_epci_ids, *body.commune_ids[:40]]
    return [(m, 2 + agents(body, m) * (14 + noise("lines", m) % 6) // 100) for m in users]


def subscription_rows(body: Body) -> list[Row]:
    """subscriptions.csv, all invented; some change inside October 2026."""
    found: list[Row] = []
    for member in body.everybody():
        span = body.span(member)
        if schools(body, member):
            found.append((member, "edu-site", schools(body, member), *span))
        if member in [body.dept, *body.local_epci_ids, *body.commune_ids]:
            found.append((member, "adm-site", offices(body, member), *span))
    racks: dict[str, int] = defaultdict(int)
    for owner in rack_owners(body):
        racks[owner] += 1
    found += [(m, "rack-42u", n, *body.span(m)) for m, n in racks.items()]
    ports: dict[str, int] = defaultdict(int)
    for owner in link_owners(body):
        ports[owner] += 1
    found += [(m, "port-10g" if large_links(body, m) else "port-1g", n, *body.span(m)) for m, n in ports.items()]
    for member, e3, f3 in seats(body):
        found += [(member, "m365-e3", e3, *body.span(member)), (member, "m365-f3", f3, *body.span(member))]
    found += [(m, "mobile-line", n, *body.span(m)) for m, n in lines(body)]
    return sorted([*found, *changes(body)], key=lambda r: (str(r[1]), str(r[0]), str(r[3])))


def changes(body: Body) -> list[Row]:
    """What begins, or only lasted, inside the months: rows of one member and item add up."""
    cergy, sarcelles = body.commune_ids[1], body.commune_ids[2]
    return [
        (body.dept, "m365-e3", 45, date(2026, 10, 8), None),
        (cergy, "m365-f3", 12, date(2026, 10, 19), None),
        (sarcelles, "mobile-line", 25, date(2026, 9, 14), date(2026, 10, 10)),
        (body.hospital_ids[0], "rack-42u", 1, date(2026, 10, 16), None),
    ]


# ---- what belongs to whom ----------------------------------------------------------------------------------------


def rack_owners(body: Body) -> list[str]:
    """The 24 racks, invented: six for the département, then hospitals, EPCI and the four largest communes."""
    owners = [body.dept] * 6 + [body.hospital_ids[0]] * 3 + body.hospital_ids[1:]
    return owners + body.local_epci_ids[:6] + body.commune_ids[:4]


def link_owners(body: Body) -> list[str]:
    """The 24 links, invented: three for the département, one for each hospital and local EPCI, the five largest
    communes."""
    return [body.dept] * 3 + body.hospital_ids + body.local_epci_ids + body.commune_ids[:5]


def large_links(body: Body, member: str) -> bool:
    return member == body.dept or member in body.hospital_ids[:2]


def sensors(body: Body) -> list[tuple[str, str]]:
    """The sensors with their owners, invented: 40 for the département, 8 or 11 each for others; three more have
    none."""
    owners = [body.dept] * 40
    users = [*body.commune_ids[3:22], *body.commune_ids[-7:], *body.local_epci_ids[3:5]]
    for m in users:
        owners += [m] * (8 if noise("iot", m) < 850 else 11)
    return [(f"lora-{n:04d}", owner) for n, owner in enumerate(owners, 1)]


STRAY = ("lora-9001", "lora-9002", "lora-9003")  # sensors that resources.csv does not know


def cloud_users(body: Body) -> list[str]:
    return [body.dept, *body.hospital_ids[:2], *body.commune_ids[:6], *body.local_epci_ids[:3]]


def vm_owners(body: Body) -> list[str]:
    """Who has the machines, largest first: 8 for the département, 2 for each hospital, then the 30 largest communes."""
    return [body.dept] * 8 + body.hospital_ids * 2 + body.commune_ids[:30]


def resource_rows(body: Body, trace: Trace) -> list[Row]:
    """resources.csv. The machine of the second commune goes to its EPCI on 12 October 2026; a rack is kept for
    itself."""
    found: list[Row] = []
    moved = trace.machines[8 + 2 * len(body.hospital_ids) + 1]
    for machine, owner in zip(trace.machines, vm_owners(body), strict=True):
        if machine == moved:
            epci = next(m for m in body.epci_ids if m.startswith("ca-de-cergy-pontoise"))
            day = date(2026, 10, 12)
            found += [(f"vm-{machine}", owner, START, day), (f"vm-{machine}", epci, day, None)]
        else:
            found.append((f"vm-{machine}", owner, *body.span(owner)))
    found += [(f"rack-{n:02d}", owner, *body.span(owner)) for n, owner in enumerate(rack_owners(body), 1)]
    found += [(f"link-{n:02d}", owner, *body.span(owner)) for n, owner in enumerate(link_owners(body), 1)]
    found += [(sensor, owner, *body.span(owner)) for sensor, owner in sensors(body)]
    return sorted(found, key=lambda r: (str(r[0]), str(r[2])))


# ---- measured use ------------------------------------------------------------------------------------------------

USAGE = ("start", "end", "member_id", "resource_id", "meter", "quantity")


class Trace:
    """The trace of 50 machines. A sample's time is its end: it began ``duration`` before, which is the time of the
    sample before it, within one second, for 276,359 of the 276,929 samples that have one. It is moved by whole days, so
    the hour of the day (UTC) stays."""

    def __init__(self, folder: Path, body: Body) -> None:
        meta = pl.read_parquet(folder / "bitbrains_small_50vm_meta.parquet")
        samples = pl.read_parquet(folder / "bitbrains_small_50vm_trace.parquet")
        core = meta.select(
            "id", cores="cpu_count", core=pl.col("cpu_capacity") / pl.col("cpu_count"), memory="mem_capacity"
        )
        ended = pl.col("timestamp").cast(pl.Datetime("us", "UTC"))
        began = ended - pl.duration(milliseconds="duration")
        self.samples = samples.join(core, on="id").select(
            "id", "cores", "memory", "cpu_count", began=began, ended=ended, used=pl.col("cpu_usage") / pl.col("core")
        )
        order = meta.sort(["cpu_count", "mem_capacity", "id"], descending=[True, True, False])
        self.machines: list[str] = order["id"].to_list()
        self.owners = link_owners(body)

    def moved(self, month: str) -> pl.DataFrame:
        """The samples moved so that 12 August 2013 is the first of the month; those that start in it (Paris)."""
        first = date.fromisoformat(f"{month}-01")
        shift = timedelta((first - TRACE_DAY).days)
        begin, end = midnight(days_of(month)[0]), midnight(days_of(month)[-1] + timedelta(1))
        frame = self.samples.with_columns(began=pl.col("began") + shift, ended=pl.col("ended") + shift)
        return frame.filter(pl.col("began") >= begin.astimezone(UTC), pl.col("began") < end.astimezone(UTC))

    def present(self, month: str) -> pl.DataFrame:
        """All of the moved samples in October; in September those of the machines that were there from the first day of
        the trace, so that the others come new in October."""
        frame = self.moved(month)
        if month == FULL:
            assert frame.height == self.samples.height, "the month must hold the whole trace"
            return frame
        first = frame.group_by("id").agg(first=pl.col("began").min())
        old = first.filter(pl.col("first") < datetime.fromisoformat(f"{month}-02T00:00:00Z"))
        return frame.join(old, on="id", how="semi")

    def used(self, month: str) -> pl.DataFrame:
        """vCPU in use (MHz used ÷ MHz of one core). October: each sample. September: means of six hours (UTC)."""
        frame = self.present(month).sort("id", "began")
        if month == FULL:
            return usage_frame(frame, "vcpu_used", "began", "ended", pl.col("used"))
        work = pl.col("used") * (pl.col("ended") - pl.col("began")).dt.total_seconds()
        quarter = frame.group_by("id", began=pl.col("began").dt.truncate("6h"), maintain_order=True)
        means = quarter.agg(mean=work.sum() / (6 * 3600)).with_columns(ended=pl.col("began") + timedelta(hours=6))
        return usage_frame(means, "vcpu_used", "began", "ended", pl.col("mean"))

    def reserved(self, days: list[date]) -> pl.DataFrame:
        """vCPU and memory reserved: a row per machine and day of Paris on which a sample of it, switched on, begins."""
        frame = self.present(f"{days[0]:%Y-%m}").filter(pl.col("cpu_count") > 0)
        local = pl.col("began").dt.convert_time_zone("Europe/Paris").dt.date()
        daily = frame.group_by("id", day=local).agg(cores=pl.col("cores").first(), memory=pl.col("memory").first())
        bounds = pl.DataFrame(
            {
                "day": days,
                "began": [midnight(d).astimezone(UTC) for d in days],
                "ended": [midnight(d + timedelta(1)).astimezone(UTC) for d in days],
            }
        )
        daily = daily.join(bounds, on="day")
        cores = usage_frame(daily, "vcpu_reserved", "began", "ended", pl.col("cores"))
        gib = (pl.col("memory") / 1048576).round(3)
        return pl.concat([cores, usage_frame(daily, "memory_reserved_gib", "began", "ended", gib)])

    def links(self, days: list[date]) -> pl.DataFrame:
        """Mbit/s of 24 links, each hour, invented from real shapes: link n follows the n-th busiest machine, from 8 %
        of the link (a machine at rest) to 80 % (all its cores busy)."""
        frame = self.moved(f"{days[0]:%Y-%m}").with_columns(load=pl.col("used") / pl.col("cores")).sort("id", "began")
        busiest = (
            frame.group_by("id").agg(pl.col("load").mean().round(9)).sort(["load", "id"], descending=[True, False])
        )
        shapes = busiest["id"].to_list()[: len(self.owners)]
        hourly = frame.group_by("id", began=pl.col("began").dt.truncate("1h"), maintain_order=True).agg(
            pl.col("load").mean()
        )
        speeds = [10_000 if n < 5 else 1_000 for n in range(len(self.owners))]
        links = pl.DataFrame(
            {"id": shapes, "link": [f"link-{n:02d}" for n in range(1, len(shapes) + 1)], "speed": speeds}
        )
        rate = (pl.col("speed") * (0.08 + 0.72 * pl.col("load"))).round(3)
        found = hourly.join(links, on="id").with_columns(rate=rate, none=pl.lit(None, pl.Datetime("us", "UTC")))
        return usage_frame(found, "bandwidth_mbps", "began", "none", pl.col("rate"), "link", "")


def usage_frame(
    frame: pl.DataFrame, meter: str, start: str, end: str, quantity: pl.Expr, name: str = "id", prefix: str = "vm-"
) -> pl.DataFrame:
    """The columns of usage, quantities with six decimals."""
    resource = pl.lit(prefix) + pl.col(name)
    return frame.select(
        start=start, end=end, resource_id=resource, meter=pl.lit(meter), quantity=quantity.cast(pl.Float64).round(6)
    )


def storage_rows(body: Body, days: list[date]) -> Iterable[Row]:
    """GiB stored, a reading each day at noon, and TiB saved, each Sunday night, invented: 7 GiB an agent, a quarter of
    it fast."""
    for member in [body.dept, *body.hospital_ids, *body.local_epci_ids[:6], *body.commune_ids[:22]]:
        gib = 60 + agents(body, member) * 7
        short = member.rpartition("-")[0]
        for day in days:
            age = (day - date(2026, 9, 1)).days
            grown = gib * (10_000 + 8 * age + noise("gib", member, day) // 50) // 10_000
            noon = f"{day}T12:00"
            yield noon, None, member, f"vol-{short}-fast", "storage_gib", grown // 4, "fast"
            yield noon, None, member, f"vol-{short}-capacity", "storage_gib", grown - grown // 4, "capacity"
            if day.weekday() == 6:
                saved = rounded(Decimal(grown) * Decimal("1.6") / 1024, 3)
                yield f"{day}T23:30", None, member, f"vault-{short}", "backup_tib", saved, None


def rack_rows(body: Body, days: list[date]) -> Iterable[Row]:
    """kWh of each day and the day's highest kW of 24 racks, invented: 1.6 to 3.4 kW each."""
    for number in range(1, len(rack_owners(body)) + 1):
        rack = f"rack-{number:02d}"
        watts = 1600 + noise("rack", rack) * 18 // 10
        for day in days:
            begin, end = midnight(day), midnight(day + timedelta(1))
            hours = (end.astimezone(UTC) - begin.astimezone(UTC)) // timedelta(hours=1)
            mean = watts * (960 + noise("day", rack, day) * 80 // 1000) // 1000
            peak = watts * (1080 + noise("peak", rack, day) * 240 // 1000) // 1000
            yield stamp(begin), stamp(end), None, rack, "rack_energy_kwh", Decimal(mean * hours) / 1000
            yield stamp(begin), None, None, rack, "rack_power_kw", Decimal(peak) / 1000


def iot_rows(body: Body, days: list[date]) -> Iterable[Row]:
    """Messages of each sensor and week (from the 1st, 8th, 15th, 22nd and 29th), invented: 24 to 144 a day, 93 to 100 %
    received. One sensor in twenty is silent in September; those of the member that leaves go on, and three belong to
    nobody."""
    kinds = ("water", "air", "parking", "waste", "building")
    known = [name for name, _ in sensors(body)]
    for number, sensor in enumerate([*known, *STRAY]):
        if days[0].month == 9 and number % 20 == 7:
            continue
        rate = (24, 48, 96, 144)[noise("rate", sensor) % 4]
        for week in range(0, len(days), 7):
            count = min(7, len(days) - week)
            begin, end = midnight(days[week]).astimezone(UTC), midnight(days[week] + timedelta(count)).astimezone(UTC)
            messages = rate * count * (930 + noise("rx", sensor, days[week]) * 70 // 1000) // 1000
            yield stamp(begin), stamp(end), None, sensor, "iot_messages", messages, kinds[number % len(kinds)]


def mobile_rows(body: Body, days: list[date]) -> Iterable[Row]:
    """GB of mobile data of each member and week, invented: 0.6 GB a line and week; one member in three also has
    data-only lines."""
    for member, count in lines(body):
        for week in range(0, len(days), 7):
            if days[week] < body.span(member)[0]:
                continue
            share = min(7, len(days) - week)
            begin, end = midnight(days[week]), midnight(days[week] + timedelta(share))
            gb = Decimal(count * share * (60 + noise("gb", member, days[week]) * 50 // 1000)) / 700
            yield stamp(begin), stamp(end), member, None, "mobile_data_gb", rounded(gb, 3), "voice"
            if noise("tablet", member) < 333:
                yield stamp(begin), stamp(end), member, None, "mobile_data_gb", rounded(gb / 3, 3), "data"


def job_rows(source: Path, body: Body, month: str) -> Iterable[Row]:
    """Computing jobs of a real week (16 vCPU each), one in ten in the internal circle and one in ten in the trusted
    one; the week begins on Friday the 9th in October and the 4th in September, and the last figure of its id says which
    circle a job is in."""
    jobs = pl.read_parquet(source / "usage" / "surf_week_tasks.parquet").sort("id")
    internal, trusted, day = (0, 5, 9) if month == FULL else (1, 6, 4)
    shift = timedelta((date.fromisoformat(f"{month}-{day:02d}") - JOBS_WEEK).days)
    users = cloud_users(body)
    for job in jobs.iter_rows(named=True):
        last = job["id"] % 10
        if last not in (internal, trusted):
            continue
        begin = datetime.fromtimestamp(job["submission_time"] // 1000, UTC) + shift
        end = begin + timedelta(milliseconds=job["duration"])
        owner = users[noise("job", job["id"] // 50) % len(users)]
        circle = "internal" if last == internal else "trusted"
        yield stamp(begin), stamp(end), owner, f"job-{job['id']}", "cloud_vcpu", job["cpu_count"], circle


def wifi_rows(body: Body, days: list[date]) -> Iterable[Row]:
    """Sessions on the public wifi of two communes, which no rule prices: a service still free of charge. Invented."""
    for member in (body.commune_ids[1], body.commune_ids[6]):
        for day in days[::5]:
            count = 120 + noise("wifi", member, day) // 4
            yield stamp(midnight(day)), stamp(midnight(day + timedelta(1))), member, None, "wifi_sessions", count


# ---- the cloud bill ------------------------------------------------------------------------------------------------


class Focus:
    """A real, anonymised bill of 1,000 lines, as use (by sub-account) and as cost (by provider, service and nature).
    Euros are BilledCost × 0.92 × the month's scale. As use: six decimals a row, as cost: cents a row, half away from
    zero, each sum taken before it is rounded. Credits and corrections keep their sign."""

    def __init__(self, path: Path, body: Body) -> None:
        self.lines = read(path)
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for line in self.lines:
            totals[line["SubAccountName"]] += Decimal(line["BilledCost"])
        ranked = sorted(totals, key=lambda name: (-totals[name], name))
        users = cloud_users(body)
        self.owner = {
            name: users[n % len(users)] for n, name in enumerate(ranked) if (n + 1) % 20
        }  # each twentieth: nobody's

    def usage(self, month: str) -> list[Row]:
        """A row per sub-account, hour, provider, service and nature; the hours of September 2024 are read as those of
        Paris and moved by whole days."""
        shift = timedelta((date.fromisoformat(f"{month}-01") - FOCUS_MONTH).days)
        sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        for line in self.lines:
            begin = (datetime.fromisoformat(line["ChargePeriodStart"]) + shift).replace(tzinfo=PARIS)
            key = (stamp(begin), line["SubAccountName"])
            sums[*key, line["ProviderName"], line["ServiceCategory"], line["ChargeCategory"]] += euros(line, month)
        found = []
        for (begin_text, account, provider, category, charge), amount in sorted(sums.items()):
            owner = self.owner.get(account)
            tags = (provider, category, charge)
            resource = f"sub-{slug(account)}"
            found.append((begin_text, None, owner, resource, "public_cloud_eur", rounded(amount, 6), *tags))
        return [row for row in found if row[5]]

    def costs(self, month: str) -> Iterable[Row]:
        """Rows of costs/: the bill in cents."""
        sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for line in self.lines:
            sums[line["ProviderName"], line["ServiceCategory"], line["ChargeCategory"]] += euros(line, month)
        for (provider, category, charge), amount in sorted(sums.items()):
            cents = rounded(amount, 2)
            if cents:
                label = f"{provider}, {category}, {charge} (FOCUS)"
                yield month, "cloud-public", "6518", label, cents, f"Exemple fictif FOCUS-{month}"


def euros(line: dict[str, str], month: str) -> Decimal:
    return Decimal(line["BilledCost"]) * USD_IN_EUR * FOCUS_SCALE[month]


# ---- what the operator paid ------------------------------------------------------------------------------------------

COSTS = ("period", "pool", "account", "label", "amount", "document")
BOTH = (  # pool, account, label, September, October: all invented
    ("datacenter-building", "6132", "Loyer des salles d'hébergement", "14200.00", "14200.00"),
    ("datacenter-building", "6156", "Maintenance climatisation, onduleurs et groupes", "6350.40", "6918.72"),
    ("datacenter-building", "6282", "Sûreté et contrôle d'accès", "3120.00", "3120.00"),
    ("datacenter-building", "64111", "Exploitation du site, personnel", "5230.18", "5230.18"),
    ("network-backbone", "6135", "Location de longue durée de fibres", "11900.00", "11900.00"),
    ("network-backbone", "6156", "Maintenance des équipements de transmission", "5750.35", "5750.35"),
    ("network-backbone", "6262", "Transit IP", "4100.00", "4310.00"),
    ("network-backbone", "6262", "Avoir pour interruption du 2 octobre", "", "-1250.00"),
    ("gfu-education", "6262", "Collecte des sites d'enseignement", "24870.00", "25110.00"),
    ("gfu-education", "6156", "Filtrage et supervision du réseau des écoles", "8430.27", "8430.27"),
    ("gfu-administration", "6262", "Collecte des sites administratifs", "15200.00", "15200.00"),
    ("gfu-administration", "6156", "Pare-feu et interconnexions", "4920.11", "5304.67"),
    ("iot-platform", "6518", "Plateforme de collecte LoRaWAN", "1180.00", "1180.00"),
    ("iot-platform", "61558", "Entretien des passerelles", "412.50", "655.00"),
    ("iot-platform", "6518", "Avoir sur abonnement, trop-perçu du 2e trimestre", "", "-380.00"),
    ("m365-tenant", "6518", "Administration et sécurité du locataire", "5200.00", "5200.00"),
    ("mobile-management", "6518", "Gestion de la flotte et des terminaux", "3150.00", "3264.30"),
    ("energy-adjustment", "60612", "Régularisation de fourniture d'électricité 2025-2026", "", "-4213.37"),
    ("general-services", "64111", "Direction, marchés et conduite de projets, personnel", "24310.50", "24310.50"),
    ("general-services", "6226", "Conseil juridique et protection des données", "4170.00", "2980.00"),
    ("general-services", "6132", "Locaux administratifs", "3000.00", "3000.00"),
)  # fmt: skip


def cost_rows(month: str, focus: Focus) -> Iterable[Row]:
    """costs/YYYY-MM.csv: what the body bears, all invented but the lines of the cloud bill."""
    for number, (pool, account, label, september, october) in enumerate(BOTH, 1):
        amount = october if month == FULL else september
        if amount:
            yield month, pool, account, label, amount, f"Exemple fictif {month}-{number:03d}"
    yield from focus.costs(month)


if __name__ == "__main__":
    main(sys.argv[1:])
