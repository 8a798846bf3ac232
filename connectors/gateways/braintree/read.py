"""Reading a Braintree account: searches for ids, then their objects page by page, as JSON of Braintree's XML.

A cursor says which search, window and id comes next. Ids of a window are read in their own order, so that a read that
was killed goes on exactly where it stood, whatever order Braintree lists them in.
Source: developer.paypal.com/braintree/docs/reference/general/searching, and the SDK's resource_collection.py.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson

from connectors.errors import ObjectUnknown, RequestInvalid, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess, Page, Permission
from connectors.gateways.braintree.disputes import dispute_pages, dispute_windows
from connectors.gateways.braintree.permissions import probe_permissions
from connectors.gateways.braintree.resources import RESOURCES, resource_of
from connectors.gateways.braintree.searches import LISTS, SEARCHES
from connectors.gateways.braintree.windows import Place, Window, listed
from connectors.gateways.braintree.wire import Wire

PAGE_SIZE = 50
"""Braintree gives no more objects at once, whatever is asked."""
AHEAD = 3
"""Pages that are asked for while one is handed on."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
_NAMES = frozenset(resource.name for resource in RESOURCES)

Chunk = tuple[Place, list[str]]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class BraintreeReader:
    """The read side of one account; see `connectors.gateway.Reader`."""

    def __init__(
        self, access: AccountAccess, *, wire: Wire | None = None, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._account = access.account
        self._wire = wire or Wire(access)
        self._clock = clock

    def __repr__(self) -> str:
        return f"BraintreeReader({self._account!r})"

    def pages(self, resource: str, *, since: datetime | None = None, cursor: str | None = None) -> Iterator[Page]:
        """Pages of one resource, oldest first; with `since`, what was created or changed after it, as far as
        Braintree can be searched for that (see `searches`). Errors as `connectors.errors` says."""
        self._check(resource)
        if resource in LISTS:
            return iter([self._whole_list(resource)])
        place = Place.read(cursor) if cursor is not None else None
        if resource == "disputes":
            return _ended(self._dispute_pages(since, place))
        return _ended(self._searched(resource, since, place))

    def changed(self, since: datetime) -> Iterator[tuple[str, str]]:
        """Nothing: Braintree keeps no list of events, and `pages` finds changes by the times that they leave."""
        return iter(())

    def fetch(self, resource: str, object_id: str) -> Page | None:
        """One object now; None too for a transaction of the other type."""
        self._check(resource)
        if not _ID.fullmatch(object_id):
            raise RequestInvalid(f"{object_id[:40]!r} is no id of a Braintree object.")
        seen_at = self._clock()
        if resource in LISTS:
            found = [each for each in self._list(resource) if each.get("id") == object_id]
        else:
            found = self._found(resource, object_id)
        return Page(resource, _body(found), 1, seen_at, None) if found else None

    def permissions(self) -> list[Permission]:
        """What the key may do, asked of Braintree without an effect. Raises NotAuthorised where the key is no key."""
        return probe_permissions(self._wire)

    def close(self) -> None:
        self._wire.close()

    def _check(self, resource: str) -> None:
        if resource not in _NAMES:
            raise Unsupported(f"Braintree has no resource {resource!r}; there are: {', '.join(sorted(_NAMES))}.")

    def _list(self, resource: str) -> list[dict[str, Any]]:
        answer = self._wire.get(f"/{LISTS[resource]}")
        return _objects(resource, answer.value)

    def _whole_list(self, resource: str) -> Page:
        seen_at = self._clock()
        rows = self._list(resource)
        return Page(resource, _body(rows), len(rows), seen_at, None)

    def _searched(self, resource: str, since: datetime | None, place: Place | None) -> Iterator[Page]:
        search = SEARCHES[resource]
        chunks = _chunks(listed(search.windows(since, self._clock()), self._ids(resource), search.cap, place))
        waiting: deque[Future[Page]] = deque()
        with ThreadPoolExecutor(AHEAD) as pool:
            try:
                for chunk in chunks:
                    waiting.append(pool.submit(self._details, resource, chunk))
                    if len(waiting) > AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _ids(self, resource: str) -> Callable[[Window], list[str]]:
        path = f"/{SEARCHES[resource].path}/advanced_search_ids"

        def ids(window: Window) -> list[str]:
            answer = self._wire.search(path, window.criteria())
            named = answer.value.get("ids") if isinstance(answer.value, dict) else None
            if answer.name != "search_results" or not isinstance(named, list):
                raise UnexpectedShape(f"Braintree's answer to a search for {resource} names no ids.")
            return [str(each) for each in named]

        return ids

    def _details(self, resource: str, chunk: Chunk) -> Page:
        """The objects behind ids. What the search gives no longer is asked for by itself; None is gone for good."""
        place, wanted = chunk
        seen_at = self._clock()
        search = SEARCHES[resource]
        answer = self._wire.search(f"/{search.path}/advanced_search", {"ids": list(wanted)})
        rows = _objects(resource, answer.value)
        missing = sorted(set(wanted) - {str(row.get("id")) for row in rows})
        for object_id in missing:
            rows += self._found(resource, object_id)
        return Page(resource, _body(rows), len(rows), seen_at, replace(place, after=wanted[-1]).text())

    def _found(self, resource: str, object_id: str) -> list[dict[str, Any]]:
        path = SEARCHES[resource].path if resource in SEARCHES else resource
        try:
            answer = self._wire.get(f"/{path}/{object_id}")
        except ObjectUnknown:
            return []
        value = answer.value
        if not isinstance(value, dict) or value.get("id") != object_id:
            raise UnexpectedShape(f"Braintree's answer for {resource} {object_id} is another object.")
        return [value] if resource_of(answer.name, value) == resource else []

    def _dispute_pages(self, since: datetime | None, place: Place | None) -> Iterator[Page]:
        def ask(window: Window, page: int) -> dict[str, Any]:
            times.append(self._clock())
            answer = self._wire.search(f"/disputes/advanced_search?page={page}", window.criteria())
            return answer.value if isinstance(answer.value, dict) else {}

        times: list[datetime] = []
        for reached, answer in dispute_pages(dispute_windows(since, self._clock()), ask, place):
            rows = _objects("disputes", answer)
            yield Page("disputes", _body(rows), len(rows), times[-1], reached.text())


def _chunks(windows: Iterator[Chunk]) -> Iterator[Chunk]:
    for place, ids in windows:
        for start in range(0, len(ids), PAGE_SIZE):
            yield place, ids[start : start + PAGE_SIZE]


def _ended(pages: Iterator[Page]) -> Iterator[Page]:
    """One page is held back: only the very last one has no cursor."""
    held: Page | None = None
    for page in pages:
        if held is not None:
            yield held
        held = page
    if held is not None:
        yield replace(held, cursor=None)


def _objects(resource: str, value: object) -> list[dict[str, Any]]:
    found = value.get("data") if isinstance(value, dict) else value
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise UnexpectedShape(f"Braintree's answer for {resource} is no list.")
    return found


def _body(rows: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"object": "list", "data": rows})
