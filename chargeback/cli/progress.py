"""A progress bar for what takes longer than a second, on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chargeback.store.load.loader import Progress

PATIENCE = 1.0


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A function (what, done, of) that draws a bar once a second has passed; None when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.stop()


class _Bar:
    """Rich's bar, imported when first drawn."""

    def __init__(self) -> None:
        from typing import Any

        self._started = time.monotonic()
        self._rich: Any = None
        self._tasks: dict[str, Any] = {}

    def __call__(self, what: str, done: int, of: int) -> None:
        if time.monotonic() - self._started < PATIENCE:
            return
        if self._rich is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._rich = Progress(*columns, console=Console(stderr=True), transient=True)
            self._rich.start()
        task = self._tasks.get(what)
        if task is None:
            task = self._tasks[what] = self._rich.add_task(what, total=of)
        self._rich.update(task, completed=done, total=of)

    def stop(self) -> None:
        """Take the bar away."""
        if self._rich is not None:
            self._rich.stop()
