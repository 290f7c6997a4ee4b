"""Files that desktops, office programs and systems leave in folders, which nobody meant to be read."""

from __future__ import annotations

from pathlib import PurePath

LEFT = ("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "icon\r")
BEGINNINGS = (".", "~$")


def is_left_over(path: PurePath) -> bool:
    """Whether a path relative to the workspace is hidden, a lock of an office program, or left by a desktop."""
    return any(part.startswith(BEGINNINGS) or part.lower() in LEFT for part in path.parts)
