"""``waive``, and what a closing leaves still to bill: claims are shown first, and given up by an act alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from chargeback.cli.output import agreed, aligned, as_reason, print_json, say
from chargeback.ledger.claims import Claim, claims_of, to_waive, waive
from chargeback.ledger.issuing import ledger_of
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.model.problem import Refused, counted

WHY = "a claim is given up by an act, which the ledger keeps"


def waive_claims(root: Path, period: Period, payer: str, act: str, on: date, *, yes: bool, as_json: bool) -> None:
    """Give up what an issued month has still to bill, of one payer where it is named; shown first, then asked."""
    act = as_reason(act, WHY, "--act")
    with ledger_of(root) as con:
        if con is None:
            raise Refused("nothing is issued in this workspace yet: there is nothing to give up")
        documents = to_waive(con, period, payer)
        claims = claims_of(documents)
        if not as_json:
            print("\n".join([f"{period}, to give up by {act}:", *table(claims)]), flush=True)
        done = yes or (not as_json and agreed("give it up?"))
        if done:
            waive(con, root, period, documents, act, on)
    if as_json:
        print_json({"period": str(period), "waived": done, "act": act, "claims": [*map(json_of, claims)]})
    net = euros(sum(claim.net for claim in claims))
    text = f"{period}: {counted(len(claims), 'claim')} of {net:,} net"
    say(f"{text} given up by {act}: never billed" if done else f"{text} not given up: add --yes to do so")


def table(claims: Sequence[Claim]) -> Iterator[str]:
    """Claims as lines of columns, with their sums."""
    rows = [("payer", "family", "months", "net", "VAT")]
    for claim in claims:
        months = ", ".join(map(str, claim.months))
        rows.append((claim.payer, claim.regime, months, str(euros(claim.net)), str(euros(claim.vat))))
    net, vat = sum(claim.net for claim in claims), sum(claim.vat for claim in claims)
    yield from aligned([*rows, ("total", "", "", str(euros(net)), str(euros(vat)))], 3)


def json_of(claim: Claim) -> dict[str, Any]:
    """A claim as data."""
    return {
        "payer": claim.payer,
        "family": claim.regime,
        "months": [str(month) for month in claim.months],
        "net": str(euros(claim.net)),
        "vat": str(euros(claim.vat)),
    }
