"""Recurly's own OpenAPI document as judge of what is asked and answered; where it is missing, nothing is judged."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from openapi_schema_validator import OAS30ReadValidator

from tests.connectors.paypal.official import Exchange
from tests.connectors.paypal.official import Official as OfficialDocuments

DOCUMENT = Path(__file__).parents[4] / "shared" / "gateway_data" / "recurly" / "api.yaml"
NOT_JUDGED = ("/_sandbox", "/healthz")


class Official(OfficialDocuments):
    """The document with its patterns written as Python reads them: it has them like `/^[a-z]+$/i`."""

    def __init__(self) -> None:
        self._documents = {"recurly": _python_patterns(_document())}

    def faults(self, exchange: Exchange) -> list[str]:
        """What the document has against an exchange; the cursor inside `next` is Recurly's own and undocumented."""
        if exchange.path.startswith(NOT_JUDGED):
            return []
        found = [fault for fault in super().faults(exchange) if not fault.endswith("cursor is no parameter")]
        if exchange.headers.get("accept") != "application/vnd.recurly.v2021-02-25" and exchange.status != 406:
            found.append(f"{exchange}: the version is not asked for")
        return found + self._in_error(exchange)

    def _in_error(self, exchange: Exchange) -> list[str]:
        """The document draws an error bare; its text shows it inside `error`, which is what is sent."""
        if exchange.status < 400:
            return []
        schema = {"$ref": "#/components/schemas/ErrorMayHaveTransaction"}
        error = json.loads(exchange.answer)["error"]
        return [f"{exchange}: error: {fault}" for fault in self._against("recurly", schema, error, OAS30ReadValidator)]


@cache
def _document() -> dict[str, Any]:
    # The C loader is the safe one too, and ten times as fast.
    loaded: dict[str, Any] = yaml.load(DOCUMENT.read_bytes(), Loader=yaml.CSafeLoader)  # noqa: S506
    return loaded


def _python_patterns(part: Any) -> Any:
    if isinstance(part, list):
        return [_python_patterns(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    made = {name: _python_patterns(inner) for name, inner in part.items()}
    pattern = re.fullmatch(r"/(.*)/(i?)", part["pattern"]) if isinstance(part.get("pattern"), str) else None
    if pattern:
        made["pattern"] = f"(?i:{pattern[1]})" if pattern[2] else pattern[1]
    return made
