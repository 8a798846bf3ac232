"""The official SDK's parameter types and Stripe's own examples as judges of what is asked and answered.

The examples are not part of the repository; where they are missing, only requests are judged.
"""

from __future__ import annotations

import json
import re
import sys
import types
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

import orjson
from stripe import StripeContext
from stripe import params as types_of
from typing_extensions import is_typeddict

from sandbox.stripe.params import parse
from tests.connectors.paypal.official import Exchange

FIXTURES = Path(__file__).parents[3] / "shared" / "gateway_data" / "stripe" / "fixtures3.json"
LISTS = {
    "charges": "Charge",
    "coupons": "Coupon",
    "credit_notes": "CreditNote",
    "customers": "Customer",
    "disputes": "Dispute",
    "events": "Event",
    "invoice_payments": "InvoicePayment",
    "invoices": "Invoice",
    "payment_intents": "PaymentIntent",
    "payouts": "Payout",
    "prices": "Price",
    "products": "Product",
    "refunds": "Refund",
    "subscriptions": "Subscription",
    "tax_rates": "TaxRate",
    "balance_transactions": "BalanceTransaction",
    "payment_methods": "PaymentMethod",
}
ROUTES = [
    ("POST", "refunds", "RefundCreateParams"),
    ("POST", "payment_intents", "PaymentIntentCreateParams"),
    ("POST", "payment_intents/[^/]+/capture", "PaymentIntentCaptureParams"),
    ("POST", "payment_intents/[^/]+/cancel", "PaymentIntentCancelParams"),
    ("POST", "subscriptions", "SubscriptionCreateParams"),
    ("POST", "subscriptions/[^/]+", "SubscriptionUpdateParams"),
    ("DELETE", "subscriptions/[^/]+", "SubscriptionCancelParams"),
    ("POST", "invoices/[^/]+/send", "InvoiceSendInvoiceParams"),
    ("POST", "invoices/[^/]+/mark_uncollectible", "InvoiceMarkUncollectibleParams"),
    ("POST", "customers/[^/]+/tax_ids", "CustomerTaxIdCreateParams"),
    ("POST", "customers/[^/]+", "CustomerUpdateParams"),
    ("GET", "customers/[^/]+/tax_ids", "CustomerTaxIdListParams"),
    ("GET", "tax_ids/[^/]+", "TaxIdRetrieveParams"),
    *(("GET", path, f"{name}ListParams") for path, name in LISTS.items()),
    *(("GET", f"{path}/[^/]+", f"{name}RetrieveParams") for path, name in LISTS.items()),
]
# The examples show more than the API answers: what is included on request only, and fields of older versions.
NOT_ANSWERED = {
    "charge": {"refunds"},
    "invoice": {"subscription"},
    "line_item": {"subscription"},
    # Of a method of another kind.
    "payment_method": {"card"},
}


def request_faults(exchange: Exchange) -> list[str]:
    """What the SDK's types have against a request of ours; empty where all is well."""
    path = exchange.path.removeprefix("/v1/")
    names = [name for method, pattern, name in ROUTES if exchange.method == method and re.fullmatch(pattern, path)]
    if not names and exchange.status != 404:
        return [f"{exchange}: the SDK's types do not have this address in the test's list"]
    if not names:
        return []
    sent = parse(exchange.body if exchange.method == "POST" else exchange.query)
    return [f"{exchange}: {fault}" for fault in _against(getattr(types_of, names[0]), sent, "")]


def answer_faults(exchange: Exchange) -> list[str]:
    """Keys that Stripe's examples have and an answer of the stand-in lacks, in any object inside it."""
    if not FIXTURES.exists() or exchange.status != 200:
        return []
    return [f"{exchange}: {fault}" for fault in _lacking(orjson.loads(exchange.answer))]


def _lacking(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from _lacking(part)
    elif isinstance(value, dict):
        kind, is_stub = value.get("object"), value.get("deleted") is True
        example = {} if is_stub else _examples().get(str(kind), {})
        if lacking := set(example) - set(value) - NOT_ANSWERED.get(str(kind), set()):
            yield f"{kind} {value.get('id')} lacks {', '.join(sorted(lacking))}"
        for name, part in value.items():
            if name != "previous_attributes":
                yield from _lacking(part)


@cache
def _examples() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(FIXTURES.read_text())["resources"]
    return found


def _against(kind: Any, sent: Any, place: str) -> Iterator[str]:
    """`sent` is as a form carries it: all leaves are texts."""
    if get_origin(kind) is NotRequired:
        kind = get_args(kind)[0]
    if is_typeddict(kind):
        yield from _fields(kind, sent, place)
        return
    options = _options(kind)
    if not any(not list(_one(option, sent, place)) for option in options):
        yield f"{place} is {sent!r}, not {options}"


def _fields(kind: Any, sent: Any, place: str) -> Iterator[str]:
    if not isinstance(sent, dict):
        yield f"{place} is {sent!r}, not {kind.__name__}"
        return
    hints = _hints(kind)
    for name, value in sent.items():
        if name not in hints:
            yield f"{place}[{name}] is no parameter of {kind.__name__}"
        else:
            yield from _against(hints[name], value, f"{place}[{name}]")
    yield from (f"{place}[{name}] is missing" for name in kind.__required_keys__ if name not in sent)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    # The SDK imports these two for type checkers only.
    return get_type_hints(
        kind, vars(sys.modules[kind.__module__]), {"StripeContext": StripeContext, "Mapping": Mapping}
    )


def _options(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) in (Union, types.UnionType):
        return tuple(option for part in get_args(kind) for option in _options(part))
    return (kind,)


def _one(kind: Any, sent: Any, place: str) -> Iterator[str]:
    origin = get_origin(kind)
    if is_typeddict(kind):
        yield from _fields(kind, sent, place)
    elif origin is Literal:
        if sent not in [str(each) for each in get_args(kind)]:
            yield "another word"
    elif origin is list:
        if not isinstance(sent, list):
            yield "no list"
        else:
            for number, part in enumerate(sent):
                yield from _against(get_args(kind)[0], part, f"{place}[{number}]")
    elif origin is dict:
        if not isinstance(sent, dict):
            yield "no hash"
    elif not _is_leaf(kind, sent):
        yield f"not {kind}"


def _is_leaf(kind: Any, sent: Any) -> bool:
    if not isinstance(sent, str):
        return False
    if kind is bool:
        return sent in ("true", "false")
    if kind is int:
        return re.fullmatch(r"-?\d+", sent) is not None
    return kind is str
