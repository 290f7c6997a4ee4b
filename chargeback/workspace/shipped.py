"""Shipped data: beside the package when it is installed, else in the repository."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent.parent


def shipped(name: str) -> Path:
    """Folder ``tariffs``, ``reports`` or ``sample_data`` that came with the program."""
    installed = PACKAGE / "_shipped" / name
    return installed if installed.is_dir() else PACKAGE.parent / name
