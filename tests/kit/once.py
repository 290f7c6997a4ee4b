"""Set-up that is made once for all workers of a run of the tests, in a folder that they share."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

WAIT = 600  # seconds, after which the worker that makes it is taken to be gone


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run of the tests have in common."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder ``name``, filled by ``make`` in the first worker that asks for it; the others wait until it is
    complete.

    What is in it is everyone's: a test that changes something takes a copy.
    """
    place = shared_folder(factory) / name
    done, failed = place.with_name(f"{name}.done"), place.with_name(f"{name}.failed")
    try:
        place.mkdir()
    except FileExistsError:
        end = time.monotonic() + WAIT
        while not done.exists():
            assert not failed.exists(), f"the worker that made {name} failed, see there"
            assert time.monotonic() < end, f"{name} is not complete after {WAIT} s"
            time.sleep(0.1)
        return place
    try:
        make(place)
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return place
