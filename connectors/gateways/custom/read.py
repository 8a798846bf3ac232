"""Reading a company's endpoint, where it offers that: the same objects as those that are imported.

`GET /objects/{resource}?since=…&cursor=…` and `GET /objects/{resource}/{id}`. An endpoint that answers 501 with
`{"status": "not_offered"}` sends its objects to us instead; there is nothing to read then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from connectors.errors import ObjectUnknown, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess, Page, Permission
from connectors.gateways.custom.errors import NotOffered
from connectors.gateways.custom.permissions import probe_permissions
from connectors.gateways.custom.resources import RESOURCES
from connectors.gateways.custom.wire import Wire
from connectors.http import Answer

LONGEST_CURSOR = 500
_NAMES = frozenset(resource.name for resource in RESOURCES)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CustomReader:
    """The read side of one account; see `connectors.gateway.Reader`."""

    def __init__(
        self, access: AccountAccess, *, wire: Wire | None = None, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._account = access.account
        self._wire = wire or Wire(access)
        self._clock = clock

    def __repr__(self) -> str:
        return f"CustomReader({self._account!r})"

    def pages(self, resource: str, *, since: datetime | None = None, cursor: str | None = None) -> Iterator[Page]:
        """Pages of one resource; with `since`, of what changed after it. None where the endpoint does not offer it."""
        _check(resource)
        return self._pages(resource, since, cursor)

    def changed(self, since: datetime) -> Iterator[tuple[str, str]]:
        """Nothing: the lists themselves give what changed."""
        return iter(())

    def fetch(self, resource: str, object_id: str) -> Page | None:
        """One object now; None where the endpoint does not know it, or does not offer reading."""
        _check(resource)
        seen_at = self._clock()
        try:
            answer = self._wire.page(path_of(resource, object_id))
        except (ObjectUnknown, NotOffered):
            return None
        if answer.data.get("id") != object_id:
            raise UnexpectedShape(f"The endpoint's answer for {resource} {object_id[:80]} is another object.")
        body = b'{"object":"list","resource":"%b","data":[%b]}' % (resource.encode(), _one_line(answer.body))
        return Page(resource, body, 1, seen_at, None)

    def permissions(self) -> list[Permission]:
        """What the endpoint offers, asked without an effect. Raises NotAuthorised where our signature is refused."""
        return probe_permissions(self._wire)

    def close(self) -> None:
        self._wire.close()

    def _pages(self, resource: str, since: datetime | None, cursor: str | None) -> Iterator[Page]:
        met: set[str] = set()
        while True:
            seen_at = self._clock()
            params = {"cursor": cursor} if cursor else {}
            if since is not None:
                params["since"] = since.astimezone(UTC).isoformat()
            try:
                answer = self._wire.page(f"/objects/{resource}", params)
            except NotOffered:
                return
            rows, cursor = _rows(resource, answer), _next(resource, answer, met)
            yield Page(resource, _one_line(answer.body), len(rows), seen_at, cursor)
            if cursor is None:
                return


def path_of(resource: str, object_id: str) -> str:
    """The path of one object. Raises ObjectUnknown for what cannot be an id."""
    if object_id in {"", ".", ".."} or len(object_id) > 200:
        raise ObjectUnknown("The company's endpoint does not know the object: this is no id.")
    return f"/objects/{resource}/{quote(object_id, safe='')}"


def _check(resource: str) -> None:
    if resource not in _NAMES:
        raise Unsupported(f"There is no resource {resource!r}; there are: {', '.join(sorted(_NAMES))}.")


def _rows(resource: str, answer: Answer) -> list[Any]:
    page = answer.data
    if page.get("object") != "list" or page.get("resource") != resource or not isinstance(page.get("data"), list):
        raise UnexpectedShape(f"The endpoint's answer is no list of {resource}.")
    return list(page["data"])


def _next(resource: str, answer: Answer, met: set[str]) -> str | None:
    """The next page's cursor. One that comes twice would lead in a circle for ever."""
    cursor = answer.data.get("next_cursor")
    if cursor is None:
        return None
    if not isinstance(cursor, str) or not 0 < len(cursor) <= LONGEST_CURSOR or cursor in met:
        raise UnexpectedShape(
            f"The endpoint's list of {resource} names a next page that cannot be, or was read already."
        )
    met.add(cursor)
    return cursor


def _one_line(body: bytes) -> bytes:
    """Line breaks to spaces. Inside JSON texts they are escapes, so that only space between tokens changes."""
    return body.replace(b"\r", b" ").replace(b"\n", b" ").strip()
