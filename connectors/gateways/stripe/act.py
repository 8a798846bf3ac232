"""Acting on a Stripe account through the official SDK. Never repeats anything: that is for the caller to decide.

Every refund carries the request id in its metadata, so that it is found again when its idempotency key has expired.
Source: https://docs.stripe.com/api/refunds and https://docs.stripe.com/refunds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

import httpx

import stripe
from connectors.actions import Action, ObjectKind, Refund
from connectors.errors import ObjectUnknown, OutcomeUnknown, RequestInvalid, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess
from connectors.gateways.stripe.amounts import to_stripe
from connectors.gateways.stripe.errors import FAILURES, from_answer
from connectors.gateways.stripe.outcomes import ID_IN_METADATA, looked_up, outcome
from connectors.gateways.stripe.states import charge_state, is_contested
from connectors.gateways.stripe.wire import check_key
from connectors.money import AmountInvalid
from connectors.outcomes import LookedUp, Outcome
from connectors.states import ChargeState, ObjectState

STRIPES_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})
KNOWN_CURRENCIES = 1_024
PAGE_SIZE = 100

T = TypeVar("T")


class StripeActor:
    """The act side of one account; see `connectors.gateway.Actor`. Safe to use from several threads."""

    def __init__(self, access: AccountAccess, *, timeout_s: float = 20.0) -> None:
        # Otherwise the SDK reports to Stripe how long each request took.
        stripe.enable_telemetry = False
        self._account = access.account
        # httpx tells apart what was never sent from what was; the SDK's default client does not.
        self._http = stripe.HTTPXClient(timeout=httpx.Timeout(timeout_s, connect=5.0), allow_sync_methods=True)
        self._client = stripe.StripeClient(
            check_key(access),
            base_addresses={"api": access.api_base},
            max_network_retries=0,
            http_client=self._http,
        )
        self._currencies: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"StripeActor({self._account!r})"

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        if kind != "charge":
            raise Unsupported(f"There are no actions on a {kind} here.")
        return self.charge_state(object_id)

    def charge_state(self, charge_id: str) -> ChargeState:
        """Read a charge. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        charge = self._charge(charge_id)
        contested = charge.get("disputed") is True and is_contested(self._every("disputes", charge_id))
        return charge_state(self._account, charge, contested)

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Refund. Raises a GatewayError: Refused and NotAccepted say that nothing moved, OutcomeUnknown to look up.

        The charge's currency is read first, if `charge_state` has not: Stripe itself takes a bare number.
        """
        action = _a_refund(action)
        params = self._refund_params(action, idempotency_key)
        create = self._client.v1.refunds.create
        made = _call(lambda: create(params=params, options={"idempotency_key": idempotency_key}), is_write=True)
        return outcome(_fields(made, is_write=True))

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """Find the refund by its request id among all refunds of the charge; None where there is none."""
        action = _a_refund(action)
        self._check_account(action)
        try:
            refunds = list(self._every("refunds", action.object_id))
        except ObjectUnknown:
            return None
        return looked_up([refund for refund in refunds if _request_id(refund) == action.request_id])

    def close(self) -> None:
        self._http.close()  # type: ignore[no-untyped-call]

    def _charge(self, charge_id: str) -> dict[str, Any]:
        charge = _fields(_call(lambda: self._client.v1.charges.retrieve(_an_id(charge_id)), is_write=False))
        if len(self._currencies) >= KNOWN_CURRENCIES:
            self._currencies.clear()
        self._currencies[charge_id] = str(charge.get("currency")).upper()
        return charge

    def _currency_of(self, charge_id: str) -> str:
        """A charge's currency never changes, so that one that was read before is not read again."""
        known = self._currencies.get(charge_id)
        return known or str(self._charge(charge_id).get("currency")).upper()

    def _refund_params(self, action: Refund, key: str) -> stripe.params.RefundCreateParams:
        self._check_account(action)
        if not 0 < len(key) <= 255 or action.amount.minor <= 0:
            raise RequestInvalid("A refund needs an amount above 0 and an idempotency key of 1 to 255 characters.")
        try:
            counted = to_stripe(action.amount)
        except AmountInvalid as error:
            raise RequestInvalid(str(error)) from None
        currency = self._currency_of(action.object_id)
        if currency != action.amount.currency:
            raise RequestInvalid(f"The charge is in {currency}, the refund in {action.amount.currency}.")
        metadata = {ID_IN_METADATA: action.request_id, "counterfoil_reason": action.reason_code}
        params: stripe.params.RefundCreateParams = {
            "charge": action.object_id,
            "amount": counted,
            "metadata": metadata,
        }
        if action.reason_code in STRIPES_REASONS:
            params["reason"] = action.reason_code
        return params

    def _every(self, kind: str, charge_id: str) -> Iterator[dict[str, Any]]:
        """All refunds or disputes of a charge, from all pages."""
        service: Any = getattr(self._client.v1, kind)
        params: dict[str, Any] = {"charge": _an_id(charge_id), "limit": PAGE_SIZE}
        passed: set[str] = set()
        while True:
            page = _fields(_call(partial(service.list, params), is_write=False))
            yield from page.get("data") or []
            if page.get("has_more") is not True:
                return
            last = page["data"][-1].get("id") if page.get("data") else None
            if not isinstance(last, str) or last in passed:
                raise UnexpectedShape(f"The list of {kind} of {charge_id} never ends.")
            passed.add(last)
            params = {**params, "starting_after": last}

    def _check_account(self, action: Action) -> None:
        if action.account != self._account:
            raise RequestInvalid(f"The action is for {action.account}, this connection for {self._account}.")


def _a_refund(action: Action) -> Refund:
    if not isinstance(action, Refund):
        raise Unsupported(f"There is no {action.name} here.")
    return action


def _an_id(charge_id: str) -> str:
    """An empty id would ask for a list."""
    if not charge_id.strip("./ ") or len(charge_id) > 255:
        raise ObjectUnknown(f"{charge_id[:40]!r} is no id of a charge.")
    return charge_id


def _call(request: Callable[[], T], *, is_write: bool) -> T:
    """Run one SDK call; its exceptions in our words, without the originals, which hold headers and bodies."""
    try:
        return request()
    except stripe.StripeError as error:
        if error.http_status is None:
            raise FAILURES.of_connection(error.__cause__, is_write=is_write) from None
        raise from_answer(error.http_status, error.json_body, error.headers or {}, is_write=is_write) from None
    except (AttributeError, KeyError, TypeError, ValueError):
        # The SDK stumbles like this over answers that are JSON of another shape than Stripe's.
        raise _unreadable(is_write) from None


def _fields(made: object, *, is_write: bool = False) -> dict[str, Any]:
    """The SDK's object as a dict: it has no `.get()` of its own."""
    if not isinstance(made, stripe.StripeObject):
        raise _unreadable(is_write)
    return made.to_dict()


def _unreadable(is_write: bool) -> OutcomeUnknown | UnexpectedShape:
    if is_write:
        return OutcomeUnknown("Stripe's answer could not be read: the request must be looked up.")
    return UnexpectedShape("Stripe's answer could not be read.")


def _request_id(refund: dict[str, Any]) -> object:
    metadata = refund.get("metadata")
    return metadata.get(ID_IN_METADATA) if isinstance(metadata, dict) else None
