"""A small month made by hand: the frozen values that documents are drawn from, with every kind of charge.

Names and populations are real communes of Val-d'Oise; operator, prices, addresses and use are invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line
from chargeback.model.facts import Cost, Member
from chargeback.model.money import euros, instalments, split, to_cents
from chargeback.model.month import Check, Month
from chargeback.model.period import Period
from chargeback.model.pools import KeyTable, Pool, PoolSplit
from chargeback.model.problem import Place
from chargeback.model.rules import Rule
from chargeback.model.settings import Operator, Regime, Settings
from chargeback.model.statements import KeyPlace, MemberSavings, RuleChange, Saving, ServiceRow, Statement
from kit import builders

PERIOD = Period(2026, 10)
START = date(2026, 1, 1)
CUT = date(2026, 10, 17)
ONE = Fraction(1)

REGIMES = {
    "services": Regime("services", "S", Decimal("20.00")),
    "contributions": Regime(
        "contributions",
        "O",
        reason="Contribution statutaire, hors champ d'application de la TVA",
        reason_code="VATEX-EU-O",
    ),
    "cost-sharing": Regime(
        "cost-sharing",
        "E",
        reason="Exonération de TVA, article 261 B du CGI",
        reason_code="VATEX-EU-132-1F",
    ),
}
OPERATOR = Operator(
    name="Syndicat mixte Exemple Numérique",
    siren="990000010",
    siret="99000001000019",
    vat_number="FR13990000010",
    address=("1 place de l'Exemple",),
    postal_code="95000",
    city="Exempleville",
    iban="FR7699999000010000012345014",
    bic="EXEMFRPP",
    payee="Trésorerie de l'Exemple",
)
SETTINGS = Settings(operator=OPERATOR, zone=ZoneInfo("Europe/Paris"), regimes=REGIMES)

POPULATION = {"argenteuil": 106130, "cergy": 70906, "ecouen": 7202, "gonesse": 27707, "omerville": 328}
HEADCOUNT = {"argenteuil": 2100, "cergy": 1650, "ecouen": 140, "gonesse": 870, "hopital": 3200}
TRAFFIC = {"argenteuil": 8120, "cergy": 9340, "ecouen": 310, "gonesse": 2210, "hopital": 15020}
STORAGE = {
    "argenteuil": Fraction(4_000_000, 744),
    "cergy": Fraction("12500.5"),
    "ecouen": Fraction(850),
    "hopital": Fraction(99_999),
}
VCPU = {"cergy": 3, "hopital": 48}


def member(member_id: str, name: str, kind: str = "commune", **more: Any) -> Member:
    """A member in force since the start of 2020."""
    return builders.member(member_id, name=name, kind=kind, **more)


MEMBERS = {
    m.member_id: m
    for m in (
        member(
            "argenteuil",
            "Commune d'Argenteuil",
            siret="21950018800014",
            address=("Hôtel de ville", "12 boulevard de l'Exemple"),
            postal_code="95100",
            city="Argenteuil",
        ),
        member(
            "cergy",
            "Commune de Cergy",
            siret="21950127700015",
            address=("Hôtel de ville", "3 place de l'Exemple", "BP 48000"),
            postal_code="95800",
            city="Cergy",
            service_code="DSI-2026",
            engagement="EJ-104233",
        ),
        member("ecouen", "Commune d'Écouen"),
        member("gonesse", "Commune de Gonesse", address=("Hôtel de ville",), postal_code="95500", city="Gonesse"),
        member(
            "hopital",
            "Groupement hospitalier de territoire de l'Exemple et de ses établissements médico-sociaux associés",
            kind="hospital",
            address=("Direction des finances", "Bâtiment administratif, 4e étage", "25 avenue de l'Exemple"),
            postal_code="95300",
            city="Exempleville",
            payment_days=50,
        ),
        member("omerville", "Commune d'Omerville"),
    )
}


def rule(rule_id: str, fr: str, en: str, *versions: dict[str, Any], **fields: Any) -> Rule:
    """A rule with the reference of a deliberation in each version."""
    reference = {"title": "Délibération 2025-12-12 n° 7", "href": "https://exemple.invalid/2025-12-12-7"}
    terms = [{"valid_from": START, "references": [reference], **v} for v in versions]
    return Rule.model_validate({"id": rule_id, "label": {"fr": fr, "en": en}, "version": terms, **fields})


HOURS = {"code": "E34", "fr": "Gio·h", "en": "GiB·h"}
TIERS = [
    {"up_to": "1000", "price": "0.0210"},
    {"up_to": "10000", "price": "0.0180", "fee": "5.00"},
    {"price": "0.0150"},
]
KEYS = [
    {"quantity": {"meter": "traffic_gb", "measure": "sum"}, "weight": "0.7"},
    {"quantity": {"driver": "headcount"}, "weight": "0.2"},
    {"equal": True, "weight": "0.1"},
]
RULES = {
    r.id: r
    for r in (
        rule(
            "object-storage",
            "Stockage objet",
            "Object storage",
            {"model": "graduated", "tiers": TIERS, "minimum": "50.00", "included": "100"},
            kind="rate",
            service="datacenter",
            vat="services",
            quantity={"meter": "storage_gib_hours", "measure": "sum"},
            unit=HOURS,
        ),
        rule(
            "vcpu-hours",
            "Machines virtuelles, calcul",
            "Virtual machines, compute",
            {"model": "flat", "price": "0.0105"},
            kind="rate",
            service="datacenter",
            vat="services",
            quantity={"meter": "vcpu_hours", "measure": "integral", "per": "resource"},
            unit={"code": "HUR", "fr": "vCPU·h", "en": "vCPU·h"},
        ),
        rule(
            "rack-units",
            "Hébergement sec en baie",
            "Rack hosting",
            {"model": "flat", "price": "42.50", "valid_to": CUT},
            {"model": "flat", "price": "44.00", "valid_from": CUT},
            kind="rate",
            service="datacenter",
            vat="services",
            quantity={"subscription": "rack-unit"},
            unit={"code": "C62", "fr": "U", "en": "U"},
        ),
        rule(
            "backbone",
            "Réseau mutualisé",
            "Shared network",
            {"keys": KEYS, "floor": "400.00"},
            kind="allocation",
            service="network",
            vat="cost-sharing",
            pool="network-backbone",
        ),
        rule(
            "fibre-refund",
            "Liaisons optiques, remise de l'exploitant",
            "Fibre links, refund of the operator",
            {"keys": [{"shares": {"gonesse": "60", "omerville": "40"}}]},
            kind="allocation",
            service="network",
            vat="cost-sharing",
            pool="fibre-refund",
        ),
        rule(
            "digital",
            "Services numériques par habitant",
            "Digital services by inhabitant",
            {"keys": [{"quantity": {"driver": "population"}}]},
            kind="allocation",
            service="digital",
            vat="contributions",
            pool="digital-services",
        ),
        rule(
            "adhesion",
            "Contribution statutaire",
            "Statutory contribution",
            {"model": "flat", "price": "0.50", "every": "year", "maximum": "30000.00"},
            kind="rate",
            service="digital",
            vat="contributions",
            quantity={"driver": "population"},
            unit={"code": "C62", "fr": "hab.", "en": "inh."},
        ),
        rule(
            "cloud-list-price",
            "Cloud public au prix catalogue",
            "Public cloud at list price",
            {"model": "flat", "price": "0.0560"},
            kind="baseline",
            service="datacenter",
            vat="services",
            quantity={"meter": "vcpu_hours", "measure": "integral"},
            unit={"code": "HUR", "fr": "vCPU·h", "en": "vCPU·h"},
            replaces=["vcpu-hours"],
        ),
        rule(
            "own-link",
            "Lien loué en propre",
            "A leased line of one's own",
            {"model": "flat", "price": "2400.00"},
            kind="baseline",
            service="network",
            vat="services",
            quantity={"constant": "1"},
            replaces=["backbone"],
        ),
    )
}


def charge(member_id: str, rule_id: str, amount: int, kind: str = "usage", **more: Any) -> Charge:
    """A charge of the first version of a rule unless said otherwise."""
    known = RULES[rule_id]
    fields: dict[str, Any] = {
        "version": known.version[0].valid_from,
        "tier": 0,
        "resource_id": "",
        "quantity": None,
        "unit_price": None,
        "factor": ONE,
        "vat": str(known.vat),
        **more,
    }
    return Charge(member_id=member_id, rule=rule_id, kind=kind, amount=amount, **fields)


def priced(member_id: str, rule_id: str, quantity: Fraction, price: Decimal, **more: Any) -> Charge:
    """A charge that is quantity × price × factor."""
    cents = to_cents(quantity * Fraction(price) * more.get("factor", ONE))
    return charge(member_id, rule_id, cents, quantity=quantity, unit_price=price, **more)


def _storage(member_id: str, quantity: Fraction) -> list[Charge]:
    rest, lower, charges = quantity - 100, Fraction(0), []
    for number, tier in enumerate(RULES["object-storage"].version[0].tiers, start=1):
        upper = rest if tier.up_to is None else min(rest, Fraction(tier.up_to))
        if upper > lower:
            charges.append(priced(member_id, "object-storage", upper - lower, tier.price, tier=number))
            if tier.fee:
                fee = to_cents(Fraction(tier.fee))
                charges.append(
                    charge(
                        member_id, "object-storage", fee, "fee", tier=number, quantity=Fraction(0), unit_price=tier.fee
                    )
                )
            lower = upper
    billed = sum(c.amount for c in charges)
    if billed < 5000:
        charges.append(charge(member_id, "object-storage", 5000 - billed, "minimum", quantity=Fraction(0)))
    return charges


def _machines(member_id: str, count: int) -> list[Charge]:
    price = Decimal("0.0105")
    return [
        priced(member_id, "vcpu-hours", Fraction(745 * (1 + n % 4)) + Fraction(n, 3), price, resource_id=f"vm-{n:04d}")
        for n in range(1, count + 1)
    ]


def _racks(member_id: str, units: int) -> list[Charge]:
    first, second = RULES["rack-units"].version
    return [
        priced(
            member_id,
            "rack-units",
            Fraction(units),
            version.price or Decimal(0),
            version=version.valid_from,
            factor=factor,
        )
        for version, factor in ((first, Fraction(16, 31)), (second, Fraction(15, 31)))
    ]


def _contribution(member_id: str, population: int) -> list[Charge]:
    year = to_cents(Fraction(population) / 2)
    month = instalments(year, 12)[9]
    more = {"quantity": Fraction(population), "span_amount": year, "tier": 1, "unit_price": Decimal("0.50")}
    charges = [charge(member_id, "adhesion", month, **more)]
    if year > 3_000_000:
        excess = 3_000_000 - year
        charges.append(
            charge(
                member_id, "adhesion", instalments(excess, 12)[9], "maximum", span_amount=excess, quantity=Fraction(0)
            )
        )
    return charges


def key(weight: str, kind: str, name: str, values: Mapping[str, int | Fraction]) -> KeyTable:
    return KeyTable(Fraction(weight), kind, name, {m: Fraction(v) for m, v in values.items()})


def _split(rule_id: str, amount: int, keys: tuple[KeyTable, ...], **more: Any) -> PoolSplit:
    known = RULES[rule_id]
    weights: dict[str, Fraction] = {}
    for table in keys:
        for name, value in table.values.items():
            weights[name] = weights.get(name, Fraction(0)) + table.weight * value / table.total
    shares = split(amount, weights)
    fields: dict[str, Any] = {"days": 31, "month_days": 31, "shares": shares, **more}
    return PoolSplit(
        rule=known.id, version=START, pool=known.pool or "", pool_amount=amount, amount=amount, keys=keys, **fields
    )


def _backbone() -> PoolSplit:
    """Écouen is held at its floor of 400.00; the others share the rest."""
    keys = (
        key("0.7", "meter", "traffic_gb", TRAFFIC),
        key("0.2", "driver", "headcount", HEADCOUNT),
        key("0.1", "equal", "", dict.fromkeys(TRAFFIC, 1)),
    )
    free = _split("backbone", 1_250_000, keys)
    weights = {
        m: sum((k.weight * k.values.get(m, Fraction(0)) / k.total for k in keys), Fraction(0)) for m in free.shares
    }
    rest = split(1_250_000 - 40_000, {m: w for m, w in weights.items() if m != "ecouen"})
    return replace(free, shares={**rest, "ecouen": 40_000}, floor="400.00", binding={"ecouen": "floor"})


SPLITS = (
    _backbone(),
    _split("digital", 1_850_037, (key("1", "driver", "population", POPULATION),)),
    _split("fibre-refund", -120_000, (key("1", "shares", "", {"gonesse": 60, "omerville": 40}),)),
)


def _charges() -> tuple[Charge, ...]:
    charges = [c for m, q in STORAGE.items() for c in _storage(m, q)]
    charges += [c for m, n in VCPU.items() for c in _machines(m, n)]
    charges += _racks("cergy", 12) + _racks("hopital", 84)
    charges += [c for m, n in POPULATION.items() for c in _contribution(m, n)]
    charges += [
        charge(m, s.rule, cents, "share", reason=s.pool) for s in SPLITS for m, cents in s.shares.items() if cents
    ]
    return tuple(sorted(charges, key=lambda c: c.order))


def line(charges: Iterable[Charge]) -> Line:
    """The line of charges of one member, rule, version, kind and tier."""
    group = tuple(charges)
    return builders.line(group, service=RULES[group[0].rule].service)


def document(payer: Member, regime: Regime, charges: Iterable[Charge]) -> Document:
    """The draft of a payer and family: its lines in order, VAT on the total."""
    groups = groupby(charges, key=lambda c: (c.member_id, c.rule, c.version, c.tier, c.kind))
    lines = tuple(sorted((line(g) for _, g in groups), key=lambda n: (n.beneficiary, n.service, n.rule, n.version)))
    found = builders.document(lines, period=PERIOD, payer=payer, regime=regime)
    return found if found.net else replace(found, kind="invoice")


def documents(charges: tuple[Charge, ...]) -> tuple[Document, ...]:
    """A draft per payer and family whose total is not zero."""
    drafts = [
        document(m, regime, own)
        for m in MEMBERS.values()
        for regime in REGIMES.values()
        if (own := [c for c in charges if c.member_id == m.member_id and c.vat == regime.name])
    ]
    return tuple(d for d in drafts if d.net)


def issued(draft: Document, number: str = "F2026-00012") -> Document:
    """The draft with a number and its dates."""
    days = draft.payer.payment_days or SETTINGS.payment_days
    due = date(2026, 12, 5) if days == 30 else date(2026, 12, 25)
    return replace(draft, number=number, issue_date=date(2026, 11, 5), due_date=due)


def _baselines(charges: tuple[Charge, ...]) -> tuple[Charge, ...]:
    vcpu: dict[str, Fraction] = {}
    for c in charges:
        if c.rule == "vcpu-hours":
            vcpu[c.member_id] = vcpu.get(c.member_id, Fraction(0)) + (c.quantity or 0)
    alone = [priced(m, "cloud-list-price", q, Decimal("0.0560"), tier=1) for m, q in vcpu.items()]
    alone += [priced(m, "own-link", ONE, Decimal("2400.00"), tier=1) for m in TRAFFIC]
    return tuple(sorted(alone, key=lambda c: c.order))


def _saving(charges: tuple[Charge, ...], alone: tuple[Charge, ...], member_id: str, baseline: str) -> Saving | None:
    own = [c.amount for c in alone if c.member_id == member_id and c.rule == baseline]
    if not own:
        return None
    replaces = RULES[baseline].replaces
    together = sum(c.amount for c in charges if c.member_id == member_id and c.rule in replaces)
    taxed = baseline == "cloud-list-price"
    gross = to_cents(Fraction(euros(together)) * Fraction("1.2")) if taxed else together
    alone_gross = to_cents(Fraction(euros(sum(own))) * Fraction("1.2"))
    return Saving(
        baselines=(baseline,),
        replaces=replaces,
        alone_net=sum(own),
        alone_gross=alone_gross,
        together_net=together,
        together_gross=gross,
    )


def savings(charges: tuple[Charge, ...], alone: tuple[Charge, ...]) -> tuple[MemberSavings, ...]:
    """The comparisons of each member."""
    out = []
    for m in MEMBERS:
        rows = tuple(s for b in ("cloud-list-price", "own-link") if (s := _saving(charges, alone, m, b)))
        compared = {r for s in rows for r in s.replaces}
        rest = sum(c.amount for c in charges if c.member_id == m and c.rule not in compared)
        out.append(MemberSavings(m, rows, rest))
    return tuple(out)


def month() -> Month:
    """The whole month."""
    charges = _charges()
    alone = _baselines(charges)
    pools = tuple(
        Pool(
            s.pool,
            s.pool_amount,
            s.pool_amount,
            (
                Cost(
                    period=PERIOD,
                    pool=s.pool,
                    account="611",
                    label="Marché",
                    amount=s.pool_amount,
                    document="",
                    where=Place("costs/2026-10.csv", 2),
                ),
            ),
        )
        for s in SPLITS
    )
    total = sum(c.amount for c in charges)
    return Month(
        period=PERIOD,
        settings=SETTINGS,
        rules=RULES,
        members=MEMBERS,
        charges=charges,
        pools=pools,
        splits=SPLITS,
        baselines=alone,
        documents=documents(charges),
        savings=savings(charges, alone),
        checks=(Check("documents", total, total),),
    )


def draft(whole: Month, member_id: str, regime: str) -> Document:
    """One document of the month."""
    return next(d for d in whole.documents if (d.payer.member_id, d.regime.name) == (member_id, regime))


def _place(member_id: str, found: PoolSplit, table: KeyTable) -> KeyPlace | None:
    value = table.values.get(member_id)
    if value is None:
        return None
    values = tuple(sorted(table.values.values(), reverse=True))
    return KeyPlace(
        found.rule,
        found.pool,
        found.pool_amount,
        table.weight,
        table.kind,
        table.name,
        value,
        table.total,
        found.shares[member_id],
        values.index(value) + 1,
        values,
    )


def statement(whole: Month, member_id: str) -> Statement:
    """What the member's deliberative body reads; last month was 3 % less, on nine months since January."""
    own = [c for c in whole.charges if c.member_id == member_id]
    amounts: dict[str, int] = {}
    for c in own:
        amounts[RULES[c.rule].service] = amounts.get(RULES[c.rule].service, 0) + c.amount
    rows = tuple(
        ServiceRow(s, a, a * 97 // 100, a * 97 // 100 * 9 + a) for s, a in sorted(amounts.items(), key=lambda i: -i[1])
    )
    places = tuple(p for s in whole.splits for t in s.keys if (p := _place(member_id, s, t)))
    net = sum(amounts.values())
    change = RuleChange("rack-units", date(2026, 11, 1), *RULES["rack-units"].version)
    return Statement(
        member=MEMBERS[member_id],
        period=PERIOD,
        net=net,
        gross=sum(d.gross for d in whole.documents if d.payer.member_id == member_id),
        previous_net=sum(r.previous or 0 for r in rows),
        year_to_date=sum(r.year_to_date or 0 for r in rows),
        services=rows,
        places=places,
        savings=next(s for s in whole.savings if s.member_id == member_id),
        changes=(change,) if "rack-units" in {c.rule for c in own} else (),
    )
