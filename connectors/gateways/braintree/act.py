"""Acting on a Braintree account through the official SDK. Never repeats anything: that is for the caller to decide.

Every refund carries the request id as its order id, so that it is found again when its request key has expired.
Source: developer.paypal.com/braintree/docs/reference/request/transaction/refund, and the SDK's transaction_gateway.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import braintree
from connectors.actions import Action, ObjectKind, Refund
from connectors.errors import ChargeDisputed, GatewayError, ObjectUnknown, RequestInvalid, Unsupported
from connectors.gateway import AccountAccess
from connectors.gateways.braintree.amounts import to_braintree
from connectors.gateways.braintree.errors import from_validation
from connectors.gateways.braintree.keys import read_key
from connectors.gateways.braintree.outcomes import looked_up, outcome
from connectors.gateways.braintree.sdk import http_client, sdk_gateway, unreadable
from connectors.gateways.braintree.states import charge_state, is_contested
from connectors.money import Money
from connectors.outcomes import LookedUp, Outcome
from connectors.states import ChargeState, ObjectState

LONGEST = 255
_FIELDS = (
    "id status type amount currency_iso_code created_at order_id refund_ids refunded_transaction_id "
    "processor_response_code processor_response_text processor_settlement_response_text"
).split()


class BraintreeActor:
    """The act side of one account; see `connectors.gateway.Actor`. Safe to use from several threads."""

    def __init__(self, access: AccountAccess, *, timeout_s: float = 60.0) -> None:
        self._access = access
        self._account = access.account
        self._http = http_client(access, timeout_s)

    def __repr__(self) -> str:
        return f"BraintreeActor({self._account!r})"

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        if kind != "charge":
            raise Unsupported(f"There are no actions on a {kind} here.")
        return self.charge_state(object_id)

    def charge_state(self, charge_id: str) -> ChargeState:
        """Read a sale and its refunds. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        sale = self._find(charge_id)
        if sale["type"] != "sale":
            raise ObjectUnknown(f"{charge_id} is a {sale['type']}, not a payment.")
        return charge_state(self._account, sale, self._refunds_of(sale))

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Refund. Raises a GatewayError: Refused and NotAccepted say that nothing moved, OutcomeUnknown to look up.

        The sale is read first: Braintree itself takes a bare number in whatever currency, and knows no rule about
        disputes.
        """
        action = _a_refund(action)
        self._check(action, idempotency_key)
        sale = self._find(action.object_id)
        currency = sale["currency_iso_code"]
        if currency != action.amount.currency:
            raise RequestInvalid(f"The payment is in {currency}, the refund in {action.amount.currency}.")
        if is_contested(sale["disputes"]):
            raise ChargeDisputed("The payment is disputed; its money is with the card network, so nothing was sent.")
        params = {
            "amount": to_braintree(action.amount),
            "api_request_key": idempotency_key,
            "order_id": action.request_id,
        }
        return outcome(_made(lambda: self._transactions.refund(action.object_id, params)))

    def void(self, charge_id: str, *, idempotency_key: str) -> Outcome:
        """Release a payment that has not settled, as a whole."""
        params = {"api_request_key": idempotency_key}
        return outcome(_made(lambda: self._transactions.void(_an_id(charge_id), params)), goal="voided")

    def submit_for_settlement(self, charge_id: str, amount: Money, *, idempotency_key: str) -> Outcome:
        """Take an authorized payment, or a part of it; the rest is released."""
        text, params = to_braintree(amount), {"api_request_key": idempotency_key}
        return outcome(_made(lambda: self._transactions.submit_for_settlement(_an_id(charge_id), text, params)))

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """Find the refund by its order id: among the sale's refunds, else by a search; None where there is none."""
        action = _a_refund(action)
        self._check_account(action)
        try:
            refunds = list(self._refunds_of(self._find(action.object_id)))
        except ObjectUnknown:
            return None
        ours = [refund for refund in refunds if refund["order_id"] == action.request_id]
        return looked_up(ours or self._searched(action))

    def close(self) -> None:
        self._http.close()

    @cached_property
    def _transactions(self) -> Any:
        """The SDK's calls. Raises NotAuthorised where the secret is no key."""
        return sdk_gateway(read_key(self._access), self._http).transaction

    def _find(self, charge_id: str) -> dict[str, Any]:
        return _fields(_asked(lambda: self._transactions.find(_an_id(charge_id)), is_write=False), is_write=False)

    def _refunds_of(self, sale: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        return (self._find(str(refund_id)) for refund_id in sale["refund_ids"] or ())

    def _searched(self, action: Refund) -> list[dict[str, Any]]:
        """Refunds of the charge with this order id that the charge itself does not name yet."""
        search = braintree.TransactionSearch
        criteria = [search.order_id == action.request_id, search.type == braintree.Transaction.Type.Credit]
        found = _asked(lambda: list(self._transactions.search(criteria)), is_write=False)
        refunds = [_fields(each, is_write=False) for each in found]
        return [refund for refund in refunds if refund["refunded_transaction_id"] == action.object_id]

    def _check(self, action: Refund, key: str) -> None:
        self._check_account(action)
        if action.amount.minor <= 0 or not 0 < len(key) <= LONGEST or not 0 < len(action.request_id) <= LONGEST:
            raise RequestInvalid(
                f"A refund needs an amount above 0, and a key and a request id of 1 to {LONGEST} characters."
            )

    def _check_account(self, action: Action) -> None:
        if action.account != self._account:
            raise RequestInvalid(f"The action is for {action.account}, this connection for {self._account}.")


def _a_refund(action: Action) -> Refund:
    if not isinstance(action, Refund):
        raise Unsupported(f"There is no {action.name} here.")
    return action


def _an_id(charge_id: str) -> str:
    if not charge_id or len(charge_id) > LONGEST or not charge_id.replace("_", "").replace("-", "").isalnum():
        raise ObjectUnknown(f"{charge_id[:40]!r} is no id of a transaction.")
    return charge_id


def _made(request: Callable[[], Any]) -> dict[str, Any]:
    """Run one writing call; the transaction that it made or changed. Raises what the answer's errors mean."""
    result = _asked(request, is_write=True)
    transaction = getattr(result, "transaction", None)
    if getattr(result, "is_success", False):
        return _fields(transaction, is_write=True)
    errors = getattr(result, "errors", None)
    if errors is None:
        raise unreadable(is_write=True)
    codes = [str(error.code) for error in errors.deep_errors]
    raise from_validation(codes, getattr(result, "message", ""), getattr(transaction, "status", None))


def _asked(request: Callable[[], Any], *, is_write: bool) -> Any:
    try:
        return request()
    except GatewayError:
        raise
    except braintree.exceptions.not_found_error.NotFoundError:
        raise ObjectUnknown("Braintree does not know the object.") from None
    except (
        AttributeError, KeyError, IndexError, TypeError, ValueError, ArithmeticError,
        braintree.exceptions.braintree_error.BraintreeError,
    ):  # fmt: skip
        # The SDK stumbles like this over answers that are XML of another shape than Braintree's.
        raise unreadable(is_write) from None


def _fields(transaction: object, *, is_write: bool) -> dict[str, Any]:
    """The SDK's object as a dict."""
    if not isinstance(transaction, braintree.Transaction):
        raise unreadable(is_write)
    disputes = getattr(transaction, "disputes", None) or ()
    history = getattr(transaction, "status_history", None) or ()
    return {
        **{name: getattr(transaction, name, None) for name in _FIELDS},
        "disputes": [{name: getattr(dispute, name, None) for name in ("status", "kind")} for dispute in disputes],
        "status_history": [{"timestamp": getattr(event, "timestamp", None)} for event in history],
    }
