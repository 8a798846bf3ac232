"""What came with a form: every field once, as text, bounded. What a browser cannot have sent is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

LONGEST = 10_000
MOST_FIELDS = 60


async def _written(request: Request) -> Mapping[str, str]:
    form = await request.form()
    found: dict[str, str] = {}
    for name, value in form.multi_items():
        if not isinstance(value, str):
            raise HTTPException(400, "The form holds a file, and no field of it takes one; nothing was asked for.")
        if name in found or len(found) >= MOST_FIELDS:
            sentence = f"The form holds the field “{name[:40]}” twice, or too many fields; nothing was asked for."
            raise HTTPException(400, sentence)
        if len(value) > LONGEST:
            sentence = f"The field “{name[:40]}” is longer than {LONGEST:,} characters; nothing was asked for."
            raise HTTPException(400, sentence)
        found[name] = value
    return found


WrittenForm = Annotated[Mapping[str, str], Depends(_written)]
"""The fields of a POST, by name."""
