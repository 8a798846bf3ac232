"""Reading a PayPal account.

The transaction search is the ledger and the only list of payments. Captures, refunds and orders can be read by id
alone, so they are read where webhook events name them (and after an action), not for every payment of three years.
Subscriptions are found through their payments, authorizations through the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.errors import ObjectUnknown, RequestInvalid, Unsupported
from connectors.gateway import AccountAccess, Page, Permission
from connectors.gateways.paypal import lists, transactions
from connectors.gateways.paypal.changes import changed_objects
from connectors.gateways.paypal.permissions import permissions
from connectors.gateways.paypal.resources import BY_NAME
from connectors.gateways.paypal.shapes import is_id, list_page, named, transaction
from connectors.gateways.paypal.wire import Wire

PATHS = {
    "captures": "/v2/payments/captures/",
    "authorizations": "/v2/payments/authorizations/",
    "refunds": "/v2/payments/refunds/",
    "orders": "/v2/checkout/orders/",
    "disputes": "/v1/customer/disputes/",
    "subscriptions": "/v1/billing/subscriptions/",
    "plans": "/v1/billing/plans/",
    "products": "/v1/catalogs/products/",
    "invoices": "/v2/invoicing/invoices/",
    "events": "/v1/notifications/webhooks-events/",
}
"""Resource -> where one object of it stands."""

AUTHORIZATIONS_LIVE = timedelta(days=29)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class PayPalReader:
    """The read side of one account; see `connectors.gateway.Reader`. Safe to use from several threads."""

    def __init__(
        self, access: AccountAccess, *, wire: Wire | None = None, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._account = access.account
        self.wire = wire or Wire(access)
        self.now = clock

    def __repr__(self) -> str:
        return f"PayPalReader({self._account!r})"

    def pages(self, resource: str, *, since: datetime | None = None, cursor: str | None = None) -> Iterator[Page]:
        """Pages of one resource. `since` reaches ten days further back in transactions, where they still change.

        Captures, refunds and orders: those that the events of the last 30 days name; with `since` there are none,
        because `changed` names them. Errors as `connectors.errors` says.
        """
        match resource:
            case "transactions":
                return self._transactions(since, cursor)
            case "authorizations" | "subscriptions":
                return self._found_in_transactions(resource, since, cursor)
            case "captures" | "refunds" | "orders":
                return self._named_by_events(resource, cursor) if since is None else iter(())
            case "disputes":
                return self._with_details("disputes", lists.disputes(self, since, cursor))
            case "plans":
                return _as_pages("plans", lists.plans(self, cursor))
            case "products":
                return _as_pages("products", lists.products(self, cursor))
            case "invoices":
                return _as_pages("invoices", lists.invoices(self, since, cursor))
            case "events":
                return _as_pages("events", lists.events(self, since, cursor))
        raise Unsupported(f"PayPal has no resource {resource!r}; there are: {', '.join(sorted(BY_NAME))}.")

    def changed(self, since: datetime) -> Iterator[tuple[str, str]]:
        """(resource, id) of what webhook events of the last 30 days name, each once.

        An app without a webhook has no events; then changes show in the transactions, up to three hours later.
        """
        pages = lists.events(self, since, None)
        return changed_objects(event for page in pages for event in page.rows)

    def fetch(self, resource: str, object_id: str) -> Page | None:
        """One object now, as a page of one; None where PayPal does not know it. Transactions cannot be fetched.

        A charge of ours is a capture or an authorization: where there is no such capture, the authorization comes back,
        as a page of authorizations.
        """
        if resource not in PATHS:
            raise Unsupported(f"PayPal gives {resource} only as a list.")
        if not is_id(object_id):
            raise RequestInvalid(f"{object_id[:40]!r} is no id of a PayPal object.")
        seen_at = self.now()
        try:
            answer = self.wire.get(PATHS[resource] + object_id)
        except ObjectUnknown:
            return self.fetch("authorizations", object_id) if resource == "captures" else None
        return Page(resource, list_page([named(resource, answer.data)]), 1, seen_at, None)

    def permissions(self) -> list[Permission]:
        """What the app may do, as its access token says. Raises NotAuthorised where the key is no key."""
        self.wire.tokens.current()
        return permissions(self.wire.tokens.scopes)

    def close(self) -> None:
        self.wire.close()

    def _transactions(self, since: datetime | None, cursor: str | None) -> Iterator[Page]:
        for found in transactions.found(self, since, cursor):
            rows = [transaction(row, moved_balance=found.moved_balance) for row in found.rows]
            yield Page("transactions", list_page(rows), len(rows), found.seen_at, found.cursor)

    def _found_in_transactions(self, resource: str, since: datetime | None, cursor: str | None) -> Iterator[Page]:
        """Objects whose ids stand in transactions; each is read once."""
        is_hold = resource == "authorizations"
        if is_hold:
            # What is older has expired, or was captured and is a payment.
            live = self.now() - AUTHORIZATIONS_LIVE
            pages = transactions.found(self, max(since or live, live), cursor, steps=("held",))
        else:
            pages = transactions.found(self, since, cursor, steps=("moved",), transaction_type="T0002")
        given: set[str] = set()
        for found in pages:
            ids = [_held_id(row) if is_hold else _subscription_id(row) for row in found.rows]
            fresh = dict.fromkeys(one for one in ids if one is not None and one not in given)
            given |= fresh.keys()
            yield self._each(resource, fresh, found.cursor)

    def _named_by_events(self, resource: str, cursor: str | None) -> Iterator[Page]:
        given: set[str] = set()
        for page in lists.events(self, None, cursor):
            ids = dict.fromkeys(one for kind, one in changed_objects(page.rows) if kind == resource)
            fresh = [one for one in ids if one not in given]
            given |= ids.keys()
            yield self._each(resource, fresh, page.cursor)

    def _with_details(self, resource: str, pages: Iterable[lists.Rows]) -> Iterator[Page]:
        """A list gives summaries: each object is read by its id."""
        for page in pages:
            yield self._each(resource, [named(resource, row)["id"] for row in page.rows], page.cursor)

    def _each(self, resource: str, ids: Iterable[str], cursor: str | None) -> Page:
        seen_at = self.now()
        rows: list[dict[str, Any]] = []
        for one in ids:
            try:
                rows.append(named(resource, self.wire.get(PATHS[resource] + one).data))
            except ObjectUnknown:
                # It went away between the list and now.
                continue
        return Page(resource, list_page(rows), len(rows), seen_at, cursor)


def _as_pages(resource: str, pages: Iterable[lists.Rows]) -> Iterator[Page]:
    for page in pages:
        rows = [named(resource, row) for row in page.rows]
        yield Page(resource, list_page(rows), len(rows), page.seen_at, page.cursor)


def _held_id(row: Mapping[str, Any]) -> str | None:
    found = row.get("transaction_info", {}).get("transaction_id")
    return found if is_id(found) else None


def _subscription_id(row: Mapping[str, Any]) -> str | None:
    info = row.get("transaction_info", {})
    found = info.get("paypal_reference_id")
    return found if info.get("paypal_reference_id_type") == "SUB" and is_id(found) else None
