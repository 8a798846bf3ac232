"""Reading a Stripe account: raw pages, as fast as plain HTTP; each is parsed once, to find where it goes on.

Lists come newest first. A cursor is the id after which to go on. Events name what changed, for 30 days.
Source: https://docs.stripe.com/api/pagination.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import orjson

from connectors.errors import ObjectUnknown, RequestInvalid, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess, Page, Permission
from connectors.gateways.stripe import payout_lines
from connectors.gateways.stripe.changes import changed_objects
from connectors.gateways.stripe.errors import MustReadAgain
from connectors.gateways.stripe.permissions import probe_permissions
from connectors.gateways.stripe.resources import RESOURCES
from connectors.gateways.stripe.wire import Wire
from connectors.http import Answer

PAGE_SIZE = 100
EVENTS_LIVE = timedelta(days=30)
INNER_LISTS = {
    "customers": "tax_ids",
    "subscriptions": "items",
    "invoices": "lines",
    "credit_notes": "lines",
}
"""Resource -> the list inside its objects that Stripe cuts off after some entries; we read the rest of it."""

OF_CUSTOMER = ("charges", "subscriptions", "invoices")
"""Lists that Stripe gives for one customer."""

_EXTRA: dict[str, dict[str, str | int]] = {
    "customers": {"expand[]": "data.tax_ids"},
    "subscriptions": {"status": "all"},
}
_NAMES = frozenset(resource.name for resource in RESOURCES)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StripeReader:
    """The read side of one account; see `connectors.gateway.Reader`."""

    def __init__(
        self, access: AccountAccess, *, wire: Wire | None = None, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._account = access.account
        self._wire = wire or Wire(access)
        self._clock = clock

    def __repr__(self) -> str:
        return f"StripeReader({self._account!r})"

    def pages(self, resource: str, *, since: datetime | None = None, cursor: str | None = None) -> Iterator[Page]:
        """Pages of one resource, newest first; `since` bounds when the objects were created, inclusively.

        `payout_lines` are read per paid automatic payout, `tax_ids` per customer (there `since` bounds payouts and
        customers). Raises MustReadAgain where the cursor is gone; other errors as `connectors.errors` says.
        """
        self._check(resource)
        if resource == "payout_lines":
            return payout_lines.pages(self, since, cursor)
        if resource == "tax_ids":
            return self._tax_id_pages(since, cursor)
        return self.list_pages(resource, _EXTRA.get(resource, {}), since, cursor)

    def changed(self, since: datetime) -> Iterator[tuple[str, str]]:
        """(resource, id) of what Stripe's events name, each once. Raises MustReadAgain beyond 30 days, at once."""
        if self._clock() - since > EVENTS_LIVE:
            raise MustReadAgain(f"Stripe keeps events for {EVENTS_LIVE.days} days: read everything again.")
        return changed_objects(self.list_pages("events", {}, since, None))

    def fetch(self, resource: str, object_id: str) -> Page | None:
        """One object now. For `payout_lines` the id is the payout's, and the page holds all of its lines."""
        self._check(resource)
        if not object_id.strip("./ ") or len(object_id) > 255:
            raise RequestInvalid(f"{object_id[:40]!r} is no id of a Stripe object.")
        if resource == "payout_lines":
            return payout_lines.of_payout(self, object_id)
        seen_at = self._clock()
        expand: dict[str, str | int] = {"expand[]": "tax_ids"} if resource == "customers" else {}
        try:
            answer = self._wire.get(f"/v1/{resource}/{quote(object_id, safe='')}", expand)
        except ObjectUnknown:
            return None
        if not isinstance(answer.data, dict) or not isinstance(answer.data.get("id"), str):
            raise UnexpectedShape(f"Stripe's answer for {resource} {object_id} is no object.")
        body = self._completed(resource, answer, [answer.data])
        return Page(resource, one_line(body), 1, seen_at, None)

    def of_customer(self, customer_id: str) -> Iterator[Page]:
        """The customer, and the newest page of each of their lists."""
        customer = self.fetch("customers", customer_id)
        if customer is None:
            return
        yield customer
        for resource in OF_CUSTOMER:
            params = {**_EXTRA.get(resource, {}), "customer": customer_id}
            yield next(self.list_pages(resource, params, None, None))

    def permissions(self) -> list[Permission]:
        """What the key may do, asked of Stripe without an effect. Raises NotAuthorised where the key is no key."""
        return probe_permissions(self._wire)

    def close(self) -> None:
        self._wire.close()

    def list_pages(
        self, resource: str, params: dict[str, str | int], since: datetime | None, cursor: str | None
    ) -> Iterator[Page]:
        """Pages of one list endpoint, with its parameters. Raises UnexpectedShape where the list never ends."""
        params = {**params, "limit": PAGE_SIZE}
        if since is not None:
            params["created[gte]"] = int(since.timestamp())
        passed: set[str] = set()
        while True:
            seen_at = self._clock()
            answer = self._list(resource, params if cursor is None else {**params, "starting_after": cursor})
            rows, more = _rows(resource, answer)
            cursor = _last(resource, rows, passed) if more else None
            yield Page(resource, one_line(self._completed(resource, answer, rows)), len(rows), seen_at, cursor)
            if cursor is None:
                return

    def _check(self, resource: str) -> None:
        if resource not in _NAMES:
            raise Unsupported(f"Stripe has no resource {resource!r}; there are: {', '.join(sorted(_NAMES))}.")

    def _list(self, resource: str, params: dict[str, str | int]) -> Answer:
        try:
            return self._wire.get(f"/v1/{resource}", params)
        except ObjectUnknown as error:
            raise MustReadAgain(f"Stripe no longer knows where to go on in {resource}: {error}") from None

    def _completed(self, resource: str, answer: Answer, rows: list[Any]) -> bytes:
        """The answer's bytes; written anew only where an object's inner list was cut off."""
        name = INNER_LISTS.get(resource)
        if name is None:
            return answer.body
        cut = [row[name] for row in rows if isinstance(row.get(name), dict) and row[name].get("has_more")]
        for inner in cut:
            self._fill(inner)
        return orjson.dumps(answer.data) if cut else answer.body

    def _fill(self, inner: dict[str, Any]) -> None:
        url = str(inner.get("url"))
        if not url.startswith("/v1/"):
            raise UnexpectedShape(f"A list inside an object goes on at {url[:80]!r}, which is not Stripe's API.")
        passed: set[str] = set()
        while inner["has_more"]:
            last = _last(url, inner["data"], passed)
            answer = self._wire.get(url, {"limit": PAGE_SIZE, "starting_after": last})
            rows, inner["has_more"] = _rows(url, answer)
            inner["data"] += rows

    def _tax_id_pages(self, since: datetime | None, cursor: str | None) -> Iterator[Page]:
        for page in self.list_pages("customers", _EXTRA["customers"], since, cursor):
            customers = orjson.loads(page.body)["data"]
            lists = [customer["tax_ids"]["data"] for customer in customers if customer.get("tax_ids")]
            found = [tax_id for tax_ids in lists for tax_id in tax_ids]
            if found or page.cursor is None:
                body = orjson.dumps({"object": "list", "data": found})
                yield Page("tax_ids", body, len(found), page.seen_at, page.cursor)


def one_line(body: bytes) -> bytes:
    """Line breaks to spaces. Inside JSON texts they are escapes, so that only space between tokens changes."""
    if b"\n" in body or b"\r" in body:
        return body.replace(b"\r", b" ").replace(b"\n", b" ").strip()
    return body


def _rows(resource: str, answer: Answer) -> tuple[list[Any], bool]:
    data = answer.data.get("data") if isinstance(answer.data, dict) else None
    more = answer.data.get("has_more") if isinstance(answer.data, dict) else None
    if not isinstance(data, list) or not isinstance(more, bool) or not all(isinstance(row, dict) for row in data):
        raise UnexpectedShape(f"Stripe's answer for {resource} is no list.")
    return data, more


def _last(resource: str, rows: list[Any], passed: set[str]) -> str:
    """The id to go on after; `passed` notes it, so that a list that leads back to itself is noticed."""
    last = rows[-1].get("id") if rows else None
    if not isinstance(last, str) or last in passed:
        raise UnexpectedShape(f"The list of {resource} never ends: it says that more follows after {last!r}.")
    passed.add(last)
    return last
