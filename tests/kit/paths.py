"""Paths of the repository that tests read."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "chargeback"
TESTS = ROOT / "tests"
SCENARIOS = TESTS / "scenarios"
MUSEUM = TESTS / "museum"
GOLDEN = TESTS / "golden"
