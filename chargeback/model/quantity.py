"""Quantities: what a rule or a key counts, as written in ``tariffs/*.toml``. Frozen values; they measure nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from chargeback.model.fields import Exact, StepText, TagName, mistake
from chargeback.model.period import step_us

Measure = Literal["sum", "max", "last", "count", "integral", "mean", "p95", "peak"]
LevelKind = Literal["driver", "subscription"]
SAMPLED: tuple[Measure, ...] = ("max", "last", "p95", "mean")
BY_TIME: tuple[Measure, ...] = ("integral", "mean")
METER_FIELDS = ("measure", "per", "where", "combine", "spread", "overlap", "step")
QuantityKind = Literal["meter", "driver", "subscription", "constant", "charges", "greatest"]
SOURCES: tuple[QuantityKind, ...] = get_args(QuantityKind)


class Frozen(BaseModel):
    """Base of all rule values: frozen, no field but the declared ones."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class PerTag(Frozen):
    """Each value of a tag of the usage, measured and priced apart for each member.

    Attributes:
        tag: name of the tag, a column of the usage.
    """

    tag: TagName


def _apart(value: Any) -> str:
    return "PerTag" if isinstance(value, dict | PerTag) else "PerWord"


Per = Annotated[
    Annotated[Literal["member", "resource"], Tag("PerWord")] | Annotated[PerTag, Tag("PerTag")], Discriminator(_apart)
]


class Quantity(Frozen):
    """Quantity: what is counted, from exactly one source of ``QuantityKind``.

    Attributes:
        meter: meter of the usage.
        measure: how the rows of the meter make one number; given with a meter only.
        per: what the meter is measured and priced apart by.
        where: value that a row must have, by tag.
        combine: ``instant``: rows that start together are added before they are measured.
        spread: ``time``: the quantity of an interval is spread evenly over its time.
        overlap: ``add``: intervals of one series that overlap are added; without it they are a problem.
        step: time that a sample is worth, and the grid of instants, as ``5m``; it divides a day.
        driver: driver of the member, from drivers.csv.
        subscription: item that the member has subscribed to, from subscriptions.csv.
        constant: the same number for every member.
        charges: ids of rules; the quantity is the euros that they charge the member.
        greatest: quantities of which the greatest counts.
    """

    meter: str | None = None
    measure: Measure | None = None
    per: Per = "member"
    where: dict[str, str] = Field(default_factory=dict)
    combine: Literal["instant"] | None = None
    spread: Literal["time"] | None = None
    overlap: Literal["add"] | None = None
    step: StepText | None = None
    driver: str | None = None
    subscription: str | None = None
    constant: Exact | None = None
    charges: tuple[str, ...] | None = None
    greatest: tuple[Quantity, ...] | None = None

    @cached_property
    def kind(self) -> QuantityKind:
        """The source it is from."""
        for name in SOURCES:
            if getattr(self, name) is not None:
                return name
        raise AssertionError("a quantity has a source")

    @property
    def name(self) -> str:
        """The meter, driver or item it counts; '' for the others."""
        return self.meter or self.driver or self.subscription or ""

    @property
    def parts(self) -> tuple[Quantity, ...]:
        """The quantity itself, or those it is the greatest of."""
        return self.greatest or (self,)

    @property
    def tag(self) -> str:
        """The tag whose values are measured and priced apart; '' when it is no tag."""
        per = self.parts[0].per
        return per.tag if isinstance(per, PerTag) else ""

    @property
    def whole(self) -> bool:
        """Whether it is of a member as a whole."""
        return all(part.per == "member" for part in self.parts)

    @property
    def by_time(self) -> bool:
        """Whether an interval counts for the time that lies in a part, and not whole where it starts."""
        return self.measure in BY_TIME or self.spread is not None

    @property
    def at_instants(self) -> bool:
        """Whether what is measured at one instant is added before it is measured."""
        if self.measure == "mean" and self.step:
            return False
        return self.measure == "peak" or (self.combine is not None and self.measure in SAMPLED)

    @property
    def step_us(self) -> int:
        """The step in microseconds; 0 without one."""
        return step_us(self.step) if self.step else 0

    @model_validator(mode="after")
    def _one_source(self) -> Quantity:
        given = [n for n in SOURCES if getattr(self, n) is not None]
        if len(given) != 1:
            raise mistake(
                "bad-quantity", f"has {found_sources(given)}: a quantity has exactly one of {', '.join(SOURCES)}"
            )
        self._check_meter_fields()
        if self.greatest is not None:
            self._check_greatest(self.greatest)
        return self

    @staticmethod
    def _check_greatest(parts: tuple[Quantity, ...]) -> None:
        if len(parts) < 2 or any(q.greatest for q in parts):
            raise mistake("bad-quantity", "is the greatest of two quantities or more, none of them a greatest itself")
        if any(q.per != parts[0].per for q in parts):
            raise mistake(
                "bad-quantity", "compares quantities that are not of one thing: give all of them the same per"
            )

    def _check_meter_fields(self) -> None:
        if self.meter is None:
            extra = sorted(self.model_fields_set & set(METER_FIELDS))
            if extra:
                raise mistake("bad-quantity", f"has {', '.join(extra)}, which goes with a meter only: take it out")
        elif self.measure is None:
            measures = ", ".join(get_args(Measure)[:-1])
            raise mistake("bad-quantity", f"has a meter without a measure: write measure = {measures} or peak")
        elif self.combine is not None and self.per == "resource":
            raise mistake(
                "bad-quantity",
                'has combine = "instant", which adds the resources of a member: per = "member" or { tag = "…" }',
            )
        elif self.measure == "peak" and self.per != "member":
            raise mistake("bad-quantity", 'has measure = "peak", which is of a member as a whole: per = "member"')
        else:
            self._check_time_fields()

    def _check_time_fields(self) -> None:
        if self.spread is not None and self.measure != "sum":
            raise mistake("bad-quantity", 'has spread = "time", which goes with measure = "sum": take it out')
        if self.overlap is not None and not self.by_time:
            raise mistake(
                "bad-quantity",
                'has overlap = "add", which goes with measure = integral or mean, or spread = "time": take it out',
            )
        if self.step is not None and not (self.measure in BY_TIME or self.at_instants):
            raise mistake(
                "bad-quantity",
                'has a step, which goes with measure = integral, mean or peak, or combine = "instant": take it out',
            )


def found_sources(given: Sequence[str]) -> str:
    """The sources that were given, in a sentence."""
    return " and ".join(given) if given else "no source"
