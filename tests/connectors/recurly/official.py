"""Recurly's own OpenAPI document as judge of what is asked and answered; where it is missing, nothing is judged.

The document is judged by as Python reads it: its patterns are written like `/^[a-z]+$/i`, and its errors are drawn
bare, where its text shows them inside `error`, which is what is sent.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from tests.connectors.paypal.official import Exchange
from tests.connectors.paypal.official import Official as OfficialDocuments

DOCUMENT = Path(__file__).parents[4] / "shared" / "gateway_data" / "recurly" / "api.yaml"
NOT_JUDGED = ("/_sandbox", "/healthz")
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"$ref": "#/components/schemas/ErrorMayHaveTransaction"}},
}


class Official(OfficialDocuments):
    """The judge."""

    def __init__(self) -> None:
        with TemporaryDirectory() as folder:
            (Path(folder) / "recurly.json").write_text(_document())
            super().__init__(Path(folder))

    def faults(self, exchange: Exchange) -> list[str]:
        """What the document has against an exchange; the cursor inside `next` is Recurly's own and undocumented."""
        if exchange.path.startswith(NOT_JUDGED):
            return []
        found = [fault for fault in super().faults(exchange) if not fault.endswith("cursor is no parameter")]
        if exchange.status == 429 or exchange.status >= 500:
            # These are described for all requests together, in the text on limits and errors.
            found = [fault for fault in found if not fault.endswith("the status is not documented")]
        if exchange.headers.get("accept") != "application/vnd.recurly.v2021-02-25" and exchange.status != 406:
            found.append(f"{exchange}: the version is not asked for")
        return found


@cache
def _document() -> str:
    # The C loader is the safe one too, and ten times as fast. Dates in examples become texts again.
    loaded = yaml.load(DOCUMENT.read_bytes(), Loader=yaml.CSafeLoader)  # noqa: S506
    return json.dumps(_readable(loaded), default=str)


def _readable(part: Any) -> Any:
    if isinstance(part, list):
        return [_readable(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    if part.get("$ref") in ("#/components/schemas/Error", "#/components/schemas/ErrorMayHaveTransaction"):
        return ERROR
    made = {str(name): inner if name == "allOf" else _readable(inner) for name, inner in part.items()}
    pattern = re.fullmatch(r"/(.*)/(i?)", part["pattern"]) if isinstance(part.get("pattern"), str) else None
    if pattern:
        made["pattern"] = f"(?i:{pattern[1]})" if pattern[2] else pattern[1]
    return made
