"""Tariff rules as frozen values, read from ``tariffs/*.toml``. They price nothing: see ``charging/rating`` and
``charging/sharing``.

Unknown fields are refused. Numbers are exact decimals, quoted or not in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field

from chargeback.model.fields import Exact, Regimes
from chargeback.model.period import Span, clip, in_force
from chargeback.model.prices import Others
from chargeback.model.problem import Place
from chargeback.model.quantity import Frozen as Frozen
from chargeback.model.quantity import PerTag as PerTag
from chargeback.model.quantity import Quantity as Quantity
from chargeback.model.versions import Version

RuleKind = Literal["rate", "allocation", "transfer", "baseline"]
AdjustmentTime = Literal["next", "year"]


class Text(Frozen):
    """Text in the languages of the product.

    Attributes:
        fr: in French; ``""``: not given.
        en: in English; ``""``: not given.
    """

    fr: str = ""
    en: str = ""

    def to(self, language: str) -> str:
        """The text in ``language`` (``fr`` or ``en``), else in the other one."""
        return (self.en or self.fr) if language == "en" else (self.fr or self.en)


class Unit(Text):
    """Unit of a quantity, in words.

    Attributes:
        code: UN/ECE Recommendation 20 code.
    """

    code: str = "C62"


class Rule(Frozen):
    """Tariff rule: one file of ``tariffs/``.

    Attributes:
        id: its id.
        label: name on documents.
        service: service that groups its lines.
        kind: whether it prices a quantity, shares a pool, transfers between pools, or is compared only.
        vat: VAT regime, or regimes by kind of member.
        group: closed group that it is for; None: all members.
        quantity: quantity that a rate prices.
        unit: unit of that quantity.
        pool: pool that is shared or transferred; of a rate, the pool that its charges pay in advance.
        replaces: ids of the rules that a baseline is compared with.
        adjust: when a closed month is adjusted; None: as the kind of rule implies.
        adjust_min: euros; a smaller adjustment is billed once the year is over; None: as the settings say.
        version: versions, by ``valid_from``.
        path: file, relative to the workspace.
        lines: line of each key in the file.
    """

    id: str
    label: Text
    service: str = ""
    kind: RuleKind
    vat: Regimes = ""
    group: str | None = None
    quantity: Quantity | None = None
    unit: Unit | None = None
    pool: str | None = None
    replaces: tuple[str, ...] = ()
    adjust: AdjustmentTime | None = None
    adjust_min: Exact | None = None
    version: tuple[Version, ...] = Field(min_length=1)
    path: str = Field(default="", exclude=True)
    lines: dict[str, int] = Field(default_factory=dict, exclude=True)

    @property
    def versions(self) -> tuple[Version, ...]:
        """Its versions, by ``valid_from``."""
        return self.version

    @property
    def adjusted(self) -> AdjustmentTime:
        """When a closed month whose amount has changed is adjusted: in the next month, or once the year is over."""
        return self.adjust or ("year" if self.kind == "allocation" else "next")

    def on(self, day: date) -> Version | None:
        """The version in force on ``day``."""
        return next((v for v in self.version if in_force(v.valid_from, v.valid_to, day)), None)

    def stating(self, kind: str, by_others: bool = False) -> set[date]:
        """The versions that state a bound: one that is an amount, or a maximum that is what others are charged."""
        bounds = {v.valid_from: getattr(v, kind) for v in self.version}
        return {day for day, bound in bounds.items() if bound is not None and isinstance(bound, Others) == by_others}

    def where(self, key: str = "") -> Place:
        """Place of the rule, or of one of its keys (``version.0.price``)."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return Place(self.path, self.lines.get(key, 1))

    def where_in(self, version: Version, key: str) -> Place:
        """Place of a key (``price``) of one of its versions."""
        return self.where(f"version.{self.version.index(version)}.{key}")

    def near(self, day: date) -> Place:
        """Place of the last version that ended by ``day``, else of the first one: for days that no version covers."""
        ended = [i for i, v in enumerate(self.version) if v.valid_to is not None and v.valid_to <= day]
        return self.where(f"version.{ended[-1]}.valid_to" if ended else "version.0.valid_from")

    def regime_of(self, version: Version, member_id: str, kind: str) -> str:
        """The VAT regime of a version for a member: by member, else by kind, else the default."""
        return regime_in(version.vat or self.vat, member_id, kind)

    def regimes(self) -> Iterator[tuple[str, Regimes]]:
        """What the rule and its versions say of VAT, with the key of each."""
        if self.vat:
            yield "vat", self.vat
        for number, version in enumerate(self.versions):
            if version.vat:
                yield f"version.{number}.vat", version.vat


def regime_in(vat: Regimes, member_id: str, kind: str) -> str:
    """VAT regime for a member in a name or a table: by member, else by kind, else the default."""
    if isinstance(vat, str):
        return vat
    by_member: dict[str, str] = vat.get("by_member", {})
    return str(by_member.get(member_id) or vat.get(kind) or vat.get("default", ""))


def regime_kinds(vat: Regimes) -> list[str]:
    """Kinds of members that a table of VAT regimes names."""
    return [] if isinstance(vat, str) else [kind for kind in vat if kind not in ("default", "by_member")]


DatedVersion = tuple[Version, Span]


def parts_of(rule: Rule, month: Span) -> list[DatedVersion]:
    """The versions in force in a month, each with its days."""
    found = [(v, clip(v.valid_from, v.valid_to, month)) for v in rule.versions]
    return [(version, span) for version, span in found if span is not None]
