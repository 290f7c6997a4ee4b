"""Which branches of the modules that decide about money a test of exact figures takes; it fails under 100 %.

    pip install coverage
    python tools/coverage_of_money.py

The modules and the tests are those of ``[tool.mutmut]`` in pyproject.toml. Tests on random worlds are left out: what
they happen to reach is no promise.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from pathlib import Path

import coverage
import pytest

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Run the tests, print the table, and return 0 when every branch is taken."""
    terms = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    modules = [str(ROOT / module) for module in terms["only_mutate"]]
    tests = [str(ROOT / test) for test in terms["pytest_add_cli_args_test_selection"]]
    with tempfile.TemporaryDirectory() as folder:
        found = coverage.Coverage(str(Path(folder) / "coverage"), branch=True, include=modules, config_file=False)
        with found.collect():
            failed = pytest.main(["-m", "not hypothesis", "-p", "no:cacheprovider", *tests])
        covered = found.report(show_missing=True)
    return 0 if not failed and covered == 100 else 1


if __name__ == "__main__":
    sys.exit(main())
