"""Payment methods: where they stand in a customer, how they stand in a transaction, and which of them is declined."""

from collections.abc import Iterator
from typing import NamedTuple

from sandbox.braintree.markup import Json
from sandbox.braintree.money import EXPONENTS
from sandbox.braintree.shapes import card_details, enter
from sandbox.braintree.store import Store

KINDS = ("credit_card", "paypal_account", "apple_pay_card", "android_pay_card")
DECLINED = "1115"
"""Last four digits of the card whose bank declines every payment, as of Braintree's own test card for that."""


class Method(NamedTuple):
    """A stored payment method, and who it is of."""

    kind: str
    method: Json
    customer: Json

    @property
    def is_declined(self) -> bool:
        return self.method.get("last_4") == DECLINED


class MerchantAccount(NamedTuple):
    """One for each currency."""

    wanted: str
    currency: str

    def shape(self) -> Json:
        is_default = self.wanted == DEFAULT
        shown = {"id": self.wanted, "status": "active", "currency_iso_code": self.currency, "default": is_default}
        return {**shown, "sub_merchant_account": False}


DEFAULT = "example_usd"
MERCHANT_ACCOUNTS = {
    f"example_{currency.lower()}": MerchantAccount(f"example_{currency.lower()}", currency) for currency in EXPONENTS
}


def methods_of(customer: Json) -> Iterator[Method]:
    """All stored payment methods of a customer."""
    for kind in KINDS:
        for method in customer.get(f"{kind}s", ()):
            yield Method(kind, method, customer)


def method_called(store: Store, token: str) -> Method | None:
    """A payment method by its token."""
    customers = store.objects["customer"].values()
    return next((each for one in customers for each in methods_of(one) if each.method["token"] == token), None)


def default_of(customer: Json) -> Method | None:
    """What pays where a request names the customer only."""
    return next((each for each in methods_of(customer) if each.method["default"]), None)


def pay_with(made: Json, method: Method, country: str) -> None:
    """Write the customer and the payment method into a transaction."""
    kind, details, payer = method
    made["customer"].update({name: payer[name] for name in ("id", "first_name", "last_name", "company", "email")})
    for address in payer["addresses"][:1]:
        made["billing"].update({name: address[name] for name in made["billing"] if name in address})
    made["payment_instrument_type"] = kind
    token = details["token"]
    if kind == "credit_card":
        made["credit_card"] = card_details(token, details["card_type"], details["last_4"], country)
        return
    made["credit_card"]["token"] = token
    if kind == "paypal_account":
        made["paypal"] = {"token": token, "payer_email": payer["email"], "payment_id": f"PAY-{made['id'].upper()}"}
    elif kind == "apple_pay_card":
        made["apple_pay"] = {"token": token, "card_type": details["card_type"], "last_4": details["last_4"]}
    else:
        shown = ("token", "source_card_last_4", "source_card_type", "virtual_card_last_4")
        made["android_pay_card"] = {name: details[name] for name in shown}


def decline(made: Json, at: str) -> Json:
    """Let the bank say no, as Braintree's sandbox says it."""
    made.update(processor_response_code="2000", processor_response_text="Do Not Honor")
    made.update(processor_response_type="soft_declined", additional_processor_response="2000 : Do Not Honor")
    return enter(made, "processor_declined", at)
