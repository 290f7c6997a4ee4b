"""``verify``: one line for each check on stdout, and whether everything is as it was issued."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chargeback.cli.output import print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.ledger.verification import Verified
from chargeback.model.period import Period
from chargeback.model.problem import Problems, Refused, counted
from chargeback.model.settings import Settings
from chargeback.workflows.verification import verified
from chargeback.workspace.settings.read import read_settings


def verify_issued(root: Path, period: Period | None, *, as_json: bool) -> None:
    """Check one period, or all of them; Refused when anything is not as it was issued."""
    settings, problems = read_settings(root)
    if settings is None:
        raise Problems(problems)
    found = list(_checks(root, settings, period, print_each=not as_json))
    wrong = [check for check in found if check.faults]
    if as_json:
        print_json({"holds": not wrong, "checks": [_json_of(c) for c in found]})
    if wrong:
        count = sum(len(check.faults) for check in wrong)
        rest = f"; {counted(count - 1, 'more difference')}" if count > 1 else ""
        raise Refused(f"not as issued: {wrong[0].name}, {wrong[0]}{rest}")
    say("all is as it was issued")


def _checks(root: Path, settings: Settings, period: Period | None, *, print_each: bool) -> Iterator[Verified]:
    """Every check, printed as it is done."""
    with progress_bar() as progress:
        for check in verified(root, settings, period, progress):
            if print_each:
                print(f"{'!!' if check.faults else 'ok'}  {check.name:<9}  {check}", flush=True)
                for fault in check.faults[1:]:
                    print(f"{'':15}{fault}", flush=True)
            yield check


def _json_of(check: Verified) -> dict[str, Any]:
    return {
        "check": check.name,
        "about": check.about,
        "holds": not check.faults,
        "faults": list(check.faults),
        "notes": list(check.notes),
    }
