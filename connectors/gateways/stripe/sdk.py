"""The official SDK as we use it: one client per account, its answers as plain dicts, its exceptions in our words.

It never repeats a request: that is for the caller to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

import httpx

import stripe
from connectors.errors import ObjectUnknown, OutcomeUnknown, RequestInvalid, UnexpectedShape
from connectors.gateway import AccountAccess
from connectors.gateways.stripe.errors import FAILURES, from_answer
from connectors.gateways.stripe.wire import check_key

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Answered:
    """One object of Stripe's, and when it was answered (UTC): for changes whose time the object itself does not say."""

    fields: dict[str, Any]
    at: datetime


class Sdk:
    """The client of one account. Safe to use from several threads; `repr` never shows the key."""

    def __init__(self, access: AccountAccess, *, timeout_s: float) -> None:
        # Otherwise the SDK reports to Stripe how long each request took.
        stripe.enable_telemetry = False
        self.account = access.account
        # httpx tells apart what was never sent from what was; the SDK's default client does not.
        self._http = stripe.HTTPXClient(timeout=httpx.Timeout(timeout_s, connect=5.0), allow_sync_methods=True)
        self._client = stripe.StripeClient(
            check_key(access),
            base_addresses={"api": access.api_base},
            max_network_retries=0,
            http_client=self._http,
        )
        self.v1 = self._client.v1

    def __repr__(self) -> str:
        return f"Sdk({self.account!r})"

    def read(self, request: Callable[[], object]) -> dict[str, Any]:
        """The object that a GET answers with. Raises ObjectUnknown, UnexpectedShape, NotAccepted, …"""
        return self.look(request).fields

    def look(self, request: Callable[[], object]) -> Answered:
        """The same, with the time of the answer."""
        return _answered(request, is_write=False)

    def write(self, request: Callable[[], object]) -> Answered:
        """The object that a POST or DELETE answers with. Without a readable answer it raises OutcomeUnknown."""
        return _answered(request, is_write=True)

    def every(
        self, ask: Callable[[Any], object], params: dict[str, Any], *, most: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """All objects of a list, from all pages; `ask` gets the parameters of one.

        Raises UnexpectedShape for a list without end, or where it goes on after `most` objects.
        """
        params = {**params, "limit": PAGE_SIZE}
        passed: set[str] = set()
        seen = 0
        while True:
            page = self.read(partial(ask, dict(params)))
            rows = page.get("data") or []
            yield from rows
            seen += len(rows)
            if page.get("has_more") is not True:
                return
            last = rows[-1].get("id") if rows else None
            if not isinstance(last, str) or last in passed:
                raise UnexpectedShape("A list of Stripe's never ends.")
            if most is not None and seen >= most:
                raise UnexpectedShape(f"It is not among the last {seen} of Stripe's list; no more are looked through.")
            passed.add(last)
            params = {**params, "starting_after": last}

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()  # type: ignore[no-untyped-call]


def an_id(object_id: str) -> str:
    """The id, unless an empty or strange one would ask for a list, or for another address."""
    if not object_id.strip("./ ") or len(object_id) > 255:
        raise ObjectUnknown(f"{object_id[:40]!r} is no id of Stripe's.")
    return object_id


def with_key(key: str) -> stripe.RequestOptions:
    """The SDK's options for a write. Raises RequestInvalid for a key that Stripe would not take."""
    if not 0 < len(key) <= 255:
        raise RequestInvalid("A request needs an idempotency key of 1 to 255 characters.")
    return {"idempotency_key": key}


def _answered(request: Callable[[], object], *, is_write: bool) -> Answered:
    """Run one SDK call; its exceptions in our words, without the originals, which hold headers and bodies."""
    try:
        made = request()
    except stripe.StripeError as error:
        if error.http_status is None:
            raise FAILURES.of_connection(error.__cause__, is_write=is_write) from None
        raise from_answer(error.http_status, error.json_body, error.headers or {}, is_write=is_write) from None
    except (AttributeError, KeyError, TypeError, ValueError):
        # The SDK stumbles like this over answers that are JSON of another shape than Stripe's.
        raise _unreadable(is_write) from None
    if not isinstance(made, stripe.StripeObject):
        raise _unreadable(is_write)
    return Answered(made.to_dict(), _answered_at(made))


def _answered_at(made: stripe.StripeObject) -> datetime:
    """The `Date` of the answer: Stripe's own clock. Ours, where a proxy took the header away."""
    response = made.last_response
    try:
        return parsedate_to_datetime(str(response.headers["date"]) if response else "").astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return datetime.now(UTC)


def _unreadable(is_write: bool) -> OutcomeUnknown | UnexpectedShape:
    if is_write:
        return OutcomeUnknown("Stripe's answer could not be read: the request must be looked up.")
    return UnexpectedShape("Stripe's answer could not be read.")
