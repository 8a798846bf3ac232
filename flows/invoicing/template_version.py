"""Where the templates lie, and which version they are; importable without Pango."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent / "templates"


@cache
def template_version() -> str:
    """A digest of all template files: another look is another version."""
    digest = hashlib.sha256()
    for path in sorted(TEMPLATES.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
