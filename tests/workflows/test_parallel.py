"""The files of a month drawn by several processes are those drawn by one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from stdnum.luhn import calc_check_digit

from chargeback.billing.comparison import Comparison
from chargeback.model.month import Month
from chargeback.model.problem import Problems
from chargeback.workflows.documents import document_files
from chargeback.workflows.parallel import made_by
from kit.sample_month import issued, month
from kit.slow import slow


def siret(place: int) -> str:
    """An invented SIRET with its check digits."""
    siren = f"9900{place:04d}"
    establishment = f"{siren}{calc_check_digit(siren)}0001"
    return establishment + calc_check_digit(establishment)


def numbered() -> Month:
    """The small month, issued to payers that all have a SIRET."""
    drafts = month()
    sirets = {m: siret(n) for n, m in enumerate(sorted({d.payer.member_id for d in drafts.documents}), start=1)}
    payable = (replace(d, payer=replace(d.payer, siret=sirets[d.payer.member_id])) for d in drafts.documents)
    documents = (issued(draft, f"F2026-{n:05d}") for n, draft in enumerate(payable, start=1))
    return replace(drafts, documents=tuple(documents))


@slow
def test_two_processes_draw_what_one_draws() -> None:
    """The same files in the same order, byte for byte, each of them told as it is done."""
    told: list[tuple[str, int, int]] = []
    whole = numbered()
    alone = document_files(whole, Comparison(), None)
    together = document_files(whole, Comparison(), None, lambda *at: told.append(at), partial(made_by, jobs=2))
    assert list(together.items()) == list(alone.items())
    assert told == [("documents", n, len(alone)) for n in range(1, len(alone) + 1)]


@slow
@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=slow)])
def test_the_problems_of_all_documents_are_reported_together(jobs: int) -> None:
    """Two payers without a valid SIRET: both are named, whichever process found out."""
    whole = numbered()
    wrong = {d.payer.member_id for d in whole.documents[:2]}
    broken = [
        replace(d, payer=replace(d.payer, siret="12345678900010")) if d.payer.member_id in wrong else d
        for d in whole.documents
    ]
    made = {} if jobs == 1 else {"made": partial(made_by, jobs=jobs)}
    with pytest.raises(Problems) as told:
        document_files(replace(whole, documents=tuple(broken)), Comparison(), None, **made)
    assert {m for m in wrong for p in told.value.problems if f"for {m} " in p.message} == wrong
