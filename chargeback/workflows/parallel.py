"""Files of a month drawn by several processes: the same bytes as by one."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from chargeback.store.load.loader import Progress
from chargeback.workflows.documents import Drawing, Made, Makers, make, makers_of

AT_A_TIME = 8
_makers: Makers = {}


def made_by(drawing: Drawing, progress: Progress | None, *, jobs: int) -> Iterator[Made]:
    """The files in the order of one process, drawn by ``jobs`` of them.

    Each starts anew and receives the month once: a process copied from one that has the validator loaded would hang.
    """
    paths = list(makers_of(drawing))
    anew = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=anew, initializer=_begin, initargs=(drawing,)) as pool:
        for number, file in enumerate(pool.map(_make, paths, chunksize=AT_A_TIME), start=1):
            yield file
            if progress is not None:
                progress("documents", number, len(paths))


def _begin(drawing: Drawing) -> None:
    """In each process, once."""
    _makers.update(makers_of(drawing))


def _make(path: str) -> Made:
    return make(_makers, path)
