"""A charge with what stands behind it: the payment intent that may hold it, and the stored method that paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.errors import ObjectUnknown, Refused, RequestInvalid
from connectors.gateways.stripe.amounts import to_stripe
from connectors.gateways.stripe.errors import PermissionMissing
from connectors.gateways.stripe.sdk import Sdk, an_id
from connectors.money import AmountInvalid, Money

KNOWN_CHARGES = 1_024
WITH_METHOD = ["payment_intent.payment_method"]


@dataclass(frozen=True, slots=True)
class Found:
    """A charge as Stripe answers it, with its intent and its stored method where they may be read."""

    charge: dict[str, Any]
    intent: dict[str, Any] | None
    method: dict[str, Any] | None

    @property
    def customer_id(self) -> str | None:
        customer = self.charge.get("customer")
        return customer if isinstance(customer, str) else None

    @property
    def is_chargeable(self) -> bool:
        """Whether the method still belongs to the customer: one that was detached, or used once, does not."""
        owner = self.method.get("customer") if self.method else None
        return owner is not None and owner == self.customer_id


class Charges:
    """Reads charges of one account, and remembers the currencies, which never change."""

    def __init__(self, sdk: Sdk) -> None:
        self._sdk = sdk
        self._currencies: dict[str, str] = {}
        self._may_expand = True

    def find(self, charge_id: str) -> Found:
        """Read a charge, in one request where the key may read what stands behind it. Raises ObjectUnknown."""
        charge = self._read(an_id(charge_id))
        intent = charge.get("payment_intent")
        if isinstance(intent, dict):
            charge["payment_intent"] = intent.get("id")
        if len(self._currencies) >= KNOWN_CHARGES:
            self._currencies.clear()
        self._currencies[charge_id] = str(charge.get("currency")).upper()
        if not isinstance(intent, dict):
            return Found(charge, None, None)
        return Found(charge, intent, self._method(charge, intent))

    def counted(self, charge_id: str, amount: Money) -> int:
        """Stripe's number for an amount in the charge's currency; Stripe itself takes a bare one.

        Raises RequestInvalid for another currency, an amount that is not above 0, or one that Stripe cannot express.
        """
        if amount.minor <= 0:
            raise RequestInvalid("The amount must be above 0.")
        try:
            counted = to_stripe(amount)
        except AmountInvalid as error:
            raise RequestInvalid(str(error)) from None
        currency = self._currencies.get(charge_id) or str(self.find(charge_id).charge.get("currency")).upper()
        if currency != amount.currency:
            raise RequestInvalid(f"The charge is in {currency}, the request in {amount.currency}.")
        return counted

    def intent_of(self, charge_id: str) -> str:
        """The id of the charge's payment intent. Raises Refused for a charge of before there were any."""
        intent = self.find(charge_id).charge.get("payment_intent")
        if not isinstance(intent, str):
            raise Refused(f"{charge_id} has no PaymentIntent, so this can be done in Stripe's dashboard only.")
        return intent

    def _read(self, charge_id: str) -> dict[str, Any]:
        service = self._sdk.v1.charges
        if self._may_expand:
            try:
                return self._sdk.read(lambda: service.retrieve(charge_id, params={"expand": WITH_METHOD}))
            except PermissionMissing:
                # A key for refunds alone may not read payment methods: then there is nothing to charge again.
                self._may_expand = False
        return self._sdk.read(lambda: service.retrieve(charge_id))

    def _method(self, charge: dict[str, Any], intent: dict[str, Any]) -> dict[str, Any] | None:
        """The charge's own method: after a decline the intent has lost it, or has another one."""
        wanted = charge.get("payment_method")
        if not isinstance(wanted, str) or not wanted.startswith("pm_") or charge.get("customer") is None:
            return None
        error = intent.get("last_payment_error")
        near = (intent.get("payment_method"), error.get("payment_method") if isinstance(error, dict) else None)
        for method in near:
            if isinstance(method, dict) and method.get("id") == wanted:
                return method
        try:
            return self._sdk.read(lambda: self._sdk.v1.payment_methods.retrieve(wanted))
        except (ObjectUnknown, PermissionMissing):
            return None
