"""Finding a file below a folder, and never outside of it."""

from __future__ import annotations

from pathlib import Path


def file_below(folder: Path, relative: str) -> Path | None:
    """The file at `relative` below `folder`; None where there is none, or where the way leads out of the folder."""
    if not relative or "\x00" in relative or Path(relative).is_absolute():
        return None
    root = folder.resolve()
    found = (root / relative).resolve()
    return found if found.is_relative_to(root) and found.is_file() else None
