"""Which system libraries drawing needs, checked before WeasyPrint is imported: importing it without Pango fails."""

from __future__ import annotations

from collections.abc import Callable
from ctypes.util import find_library

_NEEDED = {
    "pango-1.0": ("libpango-1.0-0", "Pango, which lays out the text of the PDFs"),
    "pangoft2-1.0": ("libpangoft2-1.0-0", "PangoFT2, which finds the fonts of the PDFs"),
    "harfbuzz-subset": (
        "libharfbuzz-subset0",
        "HarfBuzz-subset, without which PDFs are drawn slowly and not the same each time",
    ),
}


def missing_libraries(find: Callable[[str], str | None] = find_library) -> list[str]:
    """One sentence for each library that is not there, with the Debian package that brings it. Empty is good."""
    return [
        f"The system library lib{name} is missing: {purpose}. Install it: apt-get install {package}"
        for name, (package, purpose) in _NEEDED.items()
        if find(name) is None
    ]
