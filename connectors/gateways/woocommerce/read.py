"""Reading a shop: raw pages by plain HTTP, in the order of ids, each asked for with one object that is known already.

Pages are counted by offset, and orders come and go while they are read: where the known object is not the first of
the next page, the list has moved, and reading goes a page back. So nothing is missed; some objects come twice.
Orders, refunds, products and coupons can be asked for by when they were changed; customers only by when they came;
tax rates are few and always read whole. Source: https://woocommerce.github.io/woocommerce-rest-api-docs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from connectors.errors import ObjectUnknown, RequestInvalid, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess, Page, Permission
from connectors.gateways.woocommerce.permissions import probe_permissions
from connectors.gateways.woocommerce.resources import RESOURCES
from connectors.gateways.woocommerce.wire import Answer, Wire

PAGE_SIZE = 100
"""More is refused."""
MOST_MOVES = 50
_CURSOR = re.compile(r"(\d{1,12}):(\d{1,18})")
_NAMES = frozenset(resource.name for resource in RESOURCES)
BY_CHANGE = frozenset({"orders", "refunds", "products", "coupons"})


def _utc_now() -> datetime:
    return datetime.now(UTC)


class WooCommerceReader:
    """The read side of one shop; see `connectors.gateway.Reader`."""

    def __init__(
        self, access: AccountAccess, *, wire: Wire | None = None, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._account = access.account
        self._wire = wire or Wire(access)
        self._clock = clock

    def __repr__(self) -> str:
        return f"WooCommerceReader({self._account!r})"

    def pages(self, resource: str, *, since: datetime | None = None, cursor: str | None = None) -> Iterator[Page]:
        """Pages of one resource; `since` bounds when the objects changed (customers: when they came)."""
        self._check(resource)
        offset, known = _place(cursor)
        return self._pages(resource, since, offset, known)

    def changed(self, since: datetime) -> Iterator[tuple[str, str]]:
        """Nothing: the lists themselves give what changed."""
        return iter(())

    def fetch(self, resource: str, object_id: str) -> Page | None:
        """One object now; a refund is read from the list of all refunds."""
        self._check(resource)
        if not re.fullmatch(r"\d{1,18}", object_id):
            return None
        seen_at = self._clock()
        if resource == "refunds":
            answer = self._wire.page("/refunds", {"include": object_id})
            return Page(resource, _wrapped(resource, answer), 1, seen_at, None) if _rows(resource, answer) else None
        try:
            answer = self._wire.page(f"/{resource}/{object_id}")
        except ObjectUnknown:
            return None
        if not isinstance(answer.data, dict) or str(answer.data.get("id")) != object_id:
            raise UnexpectedShape(f"The shop's answer for {resource} {object_id} is another object.")
        return Page(resource, _one_line(answer.body), 1, seen_at, None)

    def permissions(self) -> list[Permission]:
        """What the key may do, asked of the shop without an effect. Raises NotAuthorised where the key is no key."""
        return probe_permissions(self._wire)

    def close(self) -> None:
        self._wire.close()

    def _check(self, resource: str) -> None:
        if resource not in _NAMES:
            raise Unsupported(f"WooCommerce has no resource {resource!r}; there are: {', '.join(sorted(_NAMES))}.")

    def _pages(self, resource: str, since: datetime | None, offset: int, known: str | None) -> Iterator[Page]:
        moves = 0
        while True:
            seen_at = self._clock()
            first = offset - 1 if known else offset
            answer = self._wire.page(f"/{resource}", {**_params(resource, since), "offset": first})
            rows = _rows(resource, answer)
            if known and (not rows or str(rows[0].get("id")) != known):
                moves += 1
                if moves > MOST_MOVES:
                    raise UnexpectedShape(f"The list of {resource} moves faster than it can be read.")
                offset, known = max(0, offset - PAGE_SIZE), None
                continue
            new = rows[1:] if known else rows
            # A resumed page is a whole one again; what stood on it before is merged on its id.
            ends = not new or _is_last(resource, rows, since, first, answer.total)
            offset, known = first + len(rows), str(rows[-1].get("id")) if rows else None
            cursor = None if ends else f"{offset}:{known}"
            yield Page(resource, _wrapped(resource, answer), len(new), seen_at, cursor)
            if ends:
                return


def _params(resource: str, since: datetime | None) -> dict[str, str | int]:
    params: dict[str, str | int] = {"per_page": PAGE_SIZE, "orderby": "id", "order": "asc"}
    if resource == "customers":
        params["role"] = "all"
    if since is None:
        return params
    if resource in BY_CHANGE:
        after = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return {**params, "modified_after": after, "dates_are_gmt": "true"}
    if resource == "customers":
        return {**params, "orderby": "registered_date", "order": "desc"}
    return params


def _is_last(resource: str, rows: list[Any], since: datetime | None, first: int, total: int | None) -> bool:
    if resource == "customers" and since is not None and _came_before(rows[-1], since):
        return True
    # Some hosts drop the shop's own headers.
    return first + len(rows) >= total if total is not None else len(rows) < PAGE_SIZE


def _came_before(customer: Any, since: datetime) -> bool:
    came = customer.get("date_created_gmt")
    return isinstance(came, str) and came < since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _place(cursor: str | None) -> tuple[int, str | None]:
    if cursor is None:
        return 0, None
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise RequestInvalid(f"{cursor[:80]!r} is no place in a list of WooCommerce.")
    return int(found[1]), found[2]


def _rows(resource: str, answer: Answer) -> list[Any]:
    if not isinstance(answer.data, list) or not all(isinstance(row, dict) for row in answer.data):
        raise UnexpectedShape(f"The shop's answer for {resource} is no list.")
    return answer.data


def _wrapped(resource: str, answer: Answer) -> bytes:
    """The shop's bare list inside an object, as the load wants it; its own bytes are not touched."""
    return b'{"object":"list","resource":"%b","data":%b}' % (resource.encode(), _one_line(answer.body))


def _one_line(body: bytes) -> bytes:
    """Line breaks to spaces. Inside JSON texts they are escapes, so that only space between tokens changes."""
    return body.replace(b"\r", b" ").replace(b"\n", b" ").strip()
