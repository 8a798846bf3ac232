"""Which searches find what a read asks for: everything, or what was created or changed since a time.

Braintree cannot search for "updated since", so a read since a time asks for each time that a status leaves behind, and
reads again what is still on its way. What leaves no time behind is found by a full read, or by a webhook: a changed
customer, an expired subscription.
Source: the SDK's transaction_search.py, customer_search.py, subscription_search.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.gateways.braintree.windows import BEGINNING, DAY, MINUTE, Window, whole

ON_ITS_WAY = timedelta(days=31)
"""How far back a payment is read again while it has not come to its end."""
FARTHEST = timedelta(days=1_100)
"""No plan bills less often than each two or three years."""

_UNFINISHED: list[object] = [
    "authorizing",
    "settling",
    "settlement_pending",
    "settlement_confirmed",
    "settlement_declined",
    "settlement_failed",
]
"""Statuses that no search field dates."""
_DATED = ("submitted_for_settlement_at", "settled_at", "voided_at", "failed_at", "authorization_expired_at")

Make = Callable[[datetime | None, datetime], list[Window]]


@dataclass(frozen=True, slots=True)
class Search:
    """How one resource is searched."""

    path: str
    """Below the merchant's address; also where one object is found."""
    object_type: str
    cap: int
    """How many ids Braintree lists of one search at most."""
    windows: Make
    """(since, now) -> the searches to do, one after the other."""


def _created(since: datetime | None, now: datetime, **also: object) -> Window:
    low = BEGINNING if since is None else whole(since, MINUTE)
    return Window("created_at", low, whole(now, MINUTE) + MINUTE, MINUTE, also)


def _customers(since: datetime | None, now: datetime) -> list[Window]:
    return [_created(since, now)]


def _subscriptions(since: datetime | None, now: datetime) -> list[Window]:
    found = [_created(since, now)]
    if since is not None:
        # Those that live are billed again in the future; a cancelled one keeps the date at which it would have been.
        first, last = whole(since, DAY) - DAY, whole(now + FARTHEST, DAY)
        found.append(Window("next_billing_date", first, last, DAY))
        found.append(_created(None, now, status=["Past Due"]))
    return found


def _transactions(kind: str) -> Make:
    def windows(since: datetime | None, now: datetime) -> list[Window]:
        only: dict[str, object] = {"type": [kind]}
        found = [_created(since, now, **only)]
        if since is None:
            return found
        low, high = whole(since, MINUTE), whole(now, MINUTE) + MINUTE
        found += [Window(field, low, high, MINUTE, only) for field in _DATED]
        days = whole(since, DAY) - DAY, whole(now, DAY) + DAY
        found += [Window(field, *days, DAY, only) for field in ("disbursement_date", "dispute_date")]
        return [*found, _created(since - ON_ITS_WAY, now, status=_UNFINISHED, **only)]

    return windows


SEARCHES = {
    "customers": Search("customers", "customer", 10_000, _customers),
    "subscriptions": Search("subscriptions", "subscription", 10_000, _subscriptions),
    "charges": Search("transactions", "transaction", 20_000, _transactions("sale")),
    "refunds": Search("transactions", "transaction", 20_000, _transactions("credit")),
}
LISTS = {"plans": "plans", "add_ons": "add_ons", "discounts": "discounts"}
"""Resources that Braintree gives as one list."""
