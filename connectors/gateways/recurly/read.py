"""Reading a Recurly site: raw pages by plain HTTP; each is parsed once, to find where it goes on.

Lists are read in the order in which objects changed, oldest change first: what changes meanwhile moves to the end and
is read again, so that nothing is missed. That makes `since` a true cursor of changes; Recurly needs no event list.
Source: the OpenAPI document, parameter `sort`: "You really only want to sort by updated_at in ascending order."
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson

from connectors.errors import ObjectUnknown, RequestInvalid, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess, Page, Permission
from connectors.gateways.recurly.objects import an_id
from connectors.gateways.recurly.paging import checked, next_path
from connectors.gateways.recurly.permissions import probe_permissions
from connectors.gateways.recurly.resources import RESOURCE_OF, RESOURCES
from connectors.gateways.recurly.wire import Answer, Wire

PAGE_SIZE = 200
_KIND_OF = {name: kind for kind, name in RESOURCE_OF.items()}
_NAMES = frozenset(resource.name for resource in RESOURCES)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class RecurlyReader:
    """The read side of one site; see `connectors.gateway.Reader`."""

    def __init__(
        self, access: AccountAccess, *, wire: Wire | None = None, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._account = access.account
        self._wire = wire or Wire(access)
        self._clock = clock

    def __repr__(self) -> str:
        return f"RecurlyReader({self._account!r})"

    def pages(self, resource: str, *, since: datetime | None = None, cursor: str | None = None) -> Iterator[Page]:
        """Pages of one resource, oldest change first; `since` bounds when the objects changed, inclusively."""
        self._check(resource)
        return self._pages(resource, since, cursor)

    def changed(self, since: datetime) -> Iterator[tuple[str, str]]:
        """Nothing: the lists themselves give what changed."""
        return iter(())

    def fetch(self, resource: str, object_id: str) -> Page | None:
        """One object now."""
        self._check(resource)
        try:
            wanted = an_id(object_id)
        except ObjectUnknown as error:
            raise RequestInvalid(str(error)) from None
        seen_at = self._clock()
        try:
            answer = self._wire.page(f"/{resource}/{wanted}", {})
        except ObjectUnknown:
            return None
        if not isinstance(answer.data, dict) or answer.data.get("object") != _KIND_OF[resource]:
            raise UnexpectedShape(f"Recurly's answer for {resource} {wanted} is no such object.")
        return Page(resource, _one_line(self._completed(resource, answer, [answer.data])), 1, seen_at, None)

    def permissions(self) -> list[Permission]:
        """What the key may do, asked of Recurly without an effect. Raises NotAuthorised where the key is no key."""
        return probe_permissions(self._wire)

    def close(self) -> None:
        self._wire.close()

    def _check(self, resource: str) -> None:
        if resource not in _NAMES:
            raise Unsupported(f"Recurly has no resource {resource!r}; there are: {', '.join(sorted(_NAMES))}.")

    def _pages(self, resource: str, since: datetime | None, cursor: str | None) -> Iterator[Page]:
        path = f"/{resource}"
        passed: set[str] = set()
        while True:
            seen_at = self._clock()
            if cursor is None:
                answer = self._wire.page(path, _params(since))
            else:
                answer = self._wire.page(_a_cursor(cursor, path), {})
            rows = _rows(path, answer)
            cursor = next_path(answer.data, path)
            if cursor is not None and (cursor in passed or not rows):
                raise UnexpectedShape(f"The list of {resource} never ends: its next page was there before.")
            passed.add(cursor or "")
            yield Page(resource, _one_line(self._completed(resource, answer, rows)), len(rows), seen_at, cursor)
            if cursor is None:
                return

    def _completed(self, resource: str, answer: Answer, rows: list[Any]) -> bytes:
        """The answer's bytes; written anew, digit by digit, only where an invoice's lines were cut off."""
        cut = [row for row in rows if resource == "invoices" and row.get("has_more_line_items") is True]
        return _with_lines(answer, {row["id"]: self._lines(row["id"]) for row in cut}) if cut else answer.body

    def _lines(self, invoice_id: str) -> list[orjson.Fragment]:
        """All lines of an invoice as Recurly wrote them."""
        path = f"/invoices/{an_id(invoice_id)}/line_items"
        answer = self._wire.page(path, {"limit": PAGE_SIZE, "sort": "created_at", "order": "asc"})
        found: list[orjson.Fragment] = []
        passed: set[str] = set()
        while True:
            found += [orjson.Fragment(_exact_json(row)) for row in answer.exact()["data"]]
            goes_on = next_path(answer.data, path)
            if goes_on is None:
                return found
            if goes_on in passed:
                raise UnexpectedShape(f"The lines of the invoice {invoice_id} never end.")
            passed.add(goes_on)
            answer = self._wire.page(goes_on, {})


def _params(since: datetime | None) -> dict[str, str | int]:
    params: dict[str, str | int] = {"limit": PAGE_SIZE, "sort": "updated_at", "order": "asc"}
    if since is not None:
        params["begin_time"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return params


def _a_cursor(cursor: str, path: str) -> str:
    try:
        return checked(cursor, path)
    except UnexpectedShape as error:
        raise RequestInvalid(str(error)) from None


def _rows(path: str, answer: Answer) -> list[Any]:
    data = answer.data.get("data")
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise UnexpectedShape(f"Recurly's answer for {path} is no list.")
    return data


def _with_lines(answer: Answer, lines: dict[str, list[orjson.Fragment]]) -> bytes:
    whole = answer.exact()
    for row in whole.get("data", [whole]):
        if row.get("id") in lines:
            row["line_items"], row["has_more_line_items"] = lines[row["id"]], False
    return _exact_json(whole)


def _exact_json(value: Any) -> bytes:
    """JSON in which Decimals are numbers as they were written."""
    return orjson.dumps(value, default=lambda number: orjson.Fragment(str(number)))


def _one_line(body: bytes) -> bytes:
    """Line breaks to spaces. Inside JSON texts they are escapes, so that only space between tokens changes."""
    if b"\n" in body or b"\r" in body:
        return body.replace(b"\r", b" ").replace(b"\n", b" ").strip()
    return body
