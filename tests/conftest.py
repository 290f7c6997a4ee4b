"""For all tests: the switch for slow ones, the long set-ups first, and the command line built once."""

from __future__ import annotations

import functools

import pytest
import typer.main

from kit.slow import REASONS, sampled, skipped

LONGEST = {"story", "stages", "test_the_guide_says_what_the_program_says"}  # set-ups and tests that are begun first

typer.main.get_command = functools.cache(typer.main.get_command)  # the same commands for every main() of a test


def pytest_configure(config: pytest.Config) -> None:
    """The markers of the switch."""
    for name, reason in REASONS.items():
        config.addinivalue_line("markers", f"{name}: {reason}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what is not wanted at this level; begin with what takes long, so that nobody waits at the end."""
    kept = sampled(items)
    config.hook.pytest_deselected(items=sorted(set(items) - set(kept), key=lambda item: item.nodeid))
    items[:] = kept
    for item in items:
        mark = skipped(item)
        if mark is not None:
            item.add_marker(mark)
    items.sort(key=lambda item: not LONGEST & {item.name, *getattr(item, "fixturenames", ())})


@pytest.fixture
def no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are issued without drawing their pages."""
    from kit.undrawn import undrawn

    undrawn(monkeypatch)
