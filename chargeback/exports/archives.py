"""Archives (tar.gz) of issued documents for a deposit on Chorus Pro: the same documents give the same bytes. Pure."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

MOST = 500
MODE = 0o644


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """File of an archive.

    Attributes:
        name: file name.
        on: date of modification in the archive (midnight UTC).
        content: bytes.
    """

    name: str
    on: date
    content: bytes


def archives(files: Sequence[ArchiveFile], most: int = MOST) -> Iterator[bytes]:
    """Bytes of the archives: the files by name, at most ``most`` in each."""
    ordered = sorted(files, key=lambda file: file.name)
    for first in range(0, len(ordered), most):
        yield _archive(ordered[first : first + most])


def _archive(files: Sequence[ArchiveFile]) -> bytes:
    """Bytes of one archive, without anything of the clock, the machine or the user."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for file in files:
            info = tarfile.TarInfo(file.name)
            info.size, info.mode = len(file.content), MODE
            info.mtime = int(datetime(file.on.year, file.on.month, file.on.day, tzinfo=UTC).timestamp())
            tar.addfile(info, io.BytesIO(file.content))
    return packed.getvalue()
