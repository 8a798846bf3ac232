"""Reading single objects and whole lists of Recurly, for actions: once, digit by digit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from connectors.errors import ObjectUnknown, UnexpectedShape
from connectors.gateways.recurly.paging import next_path
from connectors.gateways.recurly.wire import Wire
from connectors.http import Params

Object = Mapping[str, Any]
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOTE = re.compile(r"Reference: (\S+)")
MOST_PAGES = 50
PATHS = {"account": "accounts", "subscription": "subscriptions", "invoice": "invoices", "plan": "plans",
         "transaction": "transactions"}  # fmt: skip


def an_id(value: object) -> str:
    """A value that leads to no other address. Raises ObjectUnknown."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ObjectUnknown(f"{str(value)[:40]!r} is no id of Recurly's.")
    return value


def path_of(kind: str, wanted: str) -> str:
    """Where an object stands. Raises ObjectUnknown for what is no id."""
    return f"/{PATHS[kind]}/{an_id(wanted)}"


def read(wire: Wire, kind: str, wanted: str) -> Object:
    """One object, parsed exactly. Raises ObjectUnknown."""
    found = wire.get(path_of(kind, wanted)).exact()
    if found.get("object") != kind or found.get("id") != wanted:
        raise UnexpectedShape(f"Recurly's answer for the {kind} {quote(wanted)} is another object.")
    checked: Object = found
    return checked


def rows(wire: Wire, path: str, params: Params | None = None) -> list[Object]:
    """All objects of a list, parsed exactly."""
    found: list[Object] = []
    page = wire.get(path, params).exact()
    for _ in range(MOST_PAGES):
        data = page.get("data")
        if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
            raise UnexpectedShape(f"Recurly's answer for {path} is no list.")
        found += data
        following = next_path(page, path)
        if following is None:
            return found
        page = wire.get(following).exact()
    raise UnexpectedShape(f"The list {path} never ends.")


def note(request_id: str) -> str:
    """The notes by which what a request made is found again; the customer can read them."""
    return f"Reference: {request_id}"


def request_id_of(made: Object) -> str | None:
    """The request whose note an invoice or a subscription carries."""
    match = _NOTE.search(str(made.get("customer_notes") or ""))
    return match.group(1) if match else None


def time_of(text: object) -> datetime:
    """A time of an answer, UTC. Raises ValueError."""
    found = datetime.fromisoformat(str(text))
    if found.tzinfo is None:
        raise ValueError(f"{str(text)[:40]!r} has no offset")
    return found.astimezone(UTC)
