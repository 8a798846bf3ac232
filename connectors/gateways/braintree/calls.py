"""One account's calls of the official SDK, and what its answers and its stumbling mean. Nothing is ever repeated."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import braintree
from connectors.errors import GatewayError, ObjectUnknown, RequestInvalid
from connectors.gateway import AccountAccess
from connectors.gateways.braintree.errors import from_validation
from connectors.gateways.braintree.fields import Fields, customer_fields, subscription_fields, transaction_fields
from connectors.gateways.braintree.keys import read_key
from connectors.gateways.braintree.sdk import http_client, sdk_gateway, unreadable
from connectors.money import Money

LONGEST = 255

Ask = Callable[[Any], Any]
"""From the SDK's gateway to what one of its calls gives."""


class Calls:
    """Safe to use from several threads. The errors of each call are those of `connectors.errors`."""

    def __init__(self, access: AccountAccess, timeout_s: float) -> None:
        self._access = access
        self._http = http_client(access, timeout_s)
        self.account = access.account
        self.close = self._http.close

    @cached_property
    def sdk(self) -> Any:
        """The SDK's gateway. Raises NotAuthorised where the secret is no key."""
        return sdk_gateway(read_key(self._access), self._http)

    def read(self, ask: Ask) -> Any:
        """One reading call."""
        return self._asked(ask, is_write=False)

    def write(self, ask: Ask, made: str) -> Any:
        """One writing call; the object called `made` in its answer. Raises what the answer's errors mean."""
        result = self._asked(ask, is_write=True)
        if getattr(result, "is_success", False):
            return getattr(result, made, None)
        errors = getattr(result, "errors", None)
        if errors is None:
            raise unreadable(is_write=True)
        codes = [str(error.code) for error in errors.deep_errors]
        declined = getattr(result, "transaction", None)
        raise from_validation(codes, getattr(result, "message", ""), getattr(declined, "status", None))

    def _asked(self, ask: Ask, *, is_write: bool) -> Any:
        sdk = self.sdk
        try:
            return ask(sdk)
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

    def transaction(self, wanted: str) -> Fields:
        """A payment or a refund. Raises ObjectUnknown."""
        name = an_id(wanted)
        return transaction_fields(self.read(lambda sdk: sdk.transaction.find(name)), is_write=False)

    def sale(self, wanted: str) -> Fields:
        """A payment. Raises ObjectUnknown for a refund, too."""
        found = self.transaction(wanted)
        if found["type"] != "sale":
            raise ObjectUnknown(f"{wanted} is a {found['type']}, not a payment.")
        return found

    def with_order_id(self, request_id: str, kind: str) -> list[Fields]:
        """Transactions of a kind ("sale", "credit") that carry the id of one request."""
        search = braintree.TransactionSearch
        criteria = [search.order_id == request_id, search.type == kind]
        found = self.read(lambda sdk: list(sdk.transaction.search(criteria)))
        return [transaction_fields(each, is_write=False) for each in found]

    def subscription(self, wanted: str) -> Fields:
        """Raises ObjectUnknown."""
        name = an_id(wanted)
        return subscription_fields(self.read(lambda sdk: sdk.subscription.find(name)), is_write=False)

    def customer(self, wanted: str) -> Fields:
        """Raises ObjectUnknown."""
        name = an_id(wanted)
        return customer_fields(self.read(lambda sdk: sdk.customer.find(name)), is_write=False)


def an_id(wanted: str) -> str:
    """What may stand in a path. Raises ObjectUnknown."""
    if not wanted or len(wanted) > LONGEST or not wanted.replace("_", "").replace("-", "").isalnum():
        raise ObjectUnknown(f"{wanted[:40]!r} is no id of Braintree's.")
    return wanted


def check_currency(sale: Fields, amount: Money) -> None:
    """Braintree takes a bare number in whatever currency the payment was in."""
    if sale["currency_iso_code"] != amount.currency:
        raise RequestInvalid(f"The payment is in {sale['currency_iso_code']}, the amount in {amount.currency}.")
