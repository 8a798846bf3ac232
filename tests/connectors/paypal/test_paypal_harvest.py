"""Recorded answers of PayPal: each object is told by its link to itself or by its fields; money and errors are read."""

from __future__ import annotations

import json
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.currencies import EXPONENTS
from connectors.errors import (
    AlreadyRefunded,
    AmountTooHigh,
    ChargeDisputed,
    Declined,
    GatewayError,
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    RateLimited,
    Refused,
    RequestInvalid,
    Unavailable,
    UnexpectedShape,
    WindowClosed,
)
from connectors.gateways.paypal.amounts import DECIMALS, from_paypal, to_paypal
from connectors.gateways.paypal.errors import from_answer
from connectors.gateways.paypal.harvest import harvest
from connectors.money import AmountInvalid, Money, exponent
from sandbox.paypal.running import Running
from tests.connectors.paypal.official import FOLDER

KINDS = "capture authorization refund order dispute subscription plan product invoice event".split()


@pytest.mark.parametrize("kind", KINDS)
def test_each_object_is_told_by_what_it_is(pay: Running, kind: str) -> None:
    for entry in pay.app.store.all(kind)[:20]:
        found = list(harvest(orjson.dumps(entry.shown)))
        resource, line = found[0]
        assert resource.startswith(kind)
        kept = orjson.loads(line)
        assert entry.shown.items() <= kept.items()
        assert kept.keys() - entry.shown.keys() <= {"object", "id"}


def test_an_order_holds_its_payments_and_an_event_its_object(pay: Running) -> None:
    capture = next(entry for entry in pay.app.store.all("capture") if "order" in entry.hidden)
    order = {"id": "O1", "intent": "CAPTURE", "status": "COMPLETED"}
    order["purchase_units"] = [{"payments": {"captures": [capture.shown]}}]  # type: ignore[assignment]
    assert [name for name, _ in harvest(orjson.dumps(order))] == ["orders", "captures"]
    events = [entry.shown for entry in pay.app.store.all("event")]
    event = next(one for one in events if one["resource_type"] in ("capture", "refund"))
    assert [name for name, _ in harvest(orjson.dumps(event))][0] == "events"
    assert len(list(harvest(orjson.dumps({"events": [event, event]})))) >= 4


@pytest.mark.skipif(not FOLDER.is_dir(), reason="PayPal's OpenAPI documents are not beside the checkout")
def test_the_examples_of_paypals_own_documents_are_harvested() -> None:
    found = {
        resource for example in _examples("billing_subscriptions_v1") for resource, _ in harvest(orjson.dumps(example))
    }
    assert {"plans", "subscriptions"} <= found


def _examples(name: str) -> list[object]:
    """The examples of answers in a document."""
    found: list[object] = []
    for operations in json.loads((FOLDER / f"{name}.json").read_text())["paths"].values():
        for operation in operations.values():
            for answer in operation.get("responses", {}).values() if isinstance(operation, dict) else ():
                content = answer.get("content", {}).get("application/json", {})
                found += [example["value"] for example in content.get("examples", {}).values() if "value" in example]
    return found


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"\xff"])
def test_what_is_no_json_is_no_answer(body: bytes) -> None:
    with pytest.raises(UnexpectedShape):
        list(harvest(body))


@given(st.integers(min_value=1, max_value=10**12), st.sampled_from(sorted(EXPONENTS)))
def test_an_amount_survives_paypals_way_of_writing_or_is_refused(minor: int, currency: str) -> None:
    try:
        written = to_paypal(Money(minor, currency))
    except AmountInvalid:
        finer = 10 ** (exponent(currency) - DECIMALS.get(currency, exponent(currency)))
        assert exponent(currency) > 2 or minor % finer
        return
    assert from_paypal(written) == Money(minor, currency)
    decimals = DECIMALS.get(currency, exponent(currency))
    assert Decimal(written["value"]).as_tuple().exponent == -decimals


@pytest.mark.parametrize("value", [1, "1.005", "x", "NaN", "", None, "1,00"])
def test_what_is_no_amount_of_a_currency_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        from_paypal({"value": value, "currency_code": "EUR"})


@pytest.mark.parametrize("money", [None, {}, {"value": "1", "currency_code": "ZZZ"}, "1.00", {"value": "1"}])
def test_what_is_no_amount_is_refused(money: object) -> None:
    with pytest.raises(ValueError):
        from_paypal(money)


@pytest.mark.parametrize(
    ("status", "issue", "kind"),
    [
        (422, "CAPTURE_FULLY_REFUNDED", AlreadyRefunded),
        (422, "REFUND_AMOUNT_EXCEEDED", AmountTooHigh),
        (422, "REFUND_TIME_LIMIT_EXCEEDED", WindowClosed),
        (422, "TRANSACTION_DISPUTED", ChargeDisputed),
        (422, "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK", ChargeDisputed),
        (422, "REFUND_FAILED_INSUFFICIENT_FUNDS", Refused),
        (422, "TRANSACTION_REFUSED", Declined),
        (422, "DECIMALS_NOT_SUPPORTED", RequestInvalid),
        (422, "REFUND_CAPTURE_CURRENCY_MISMATCH", RequestInvalid),
        (422, "SOMETHING_NEW", Refused),
        (400, "INVALID_STRING_LENGTH", RequestInvalid),
        (404, "INVALID_RESOURCE_ID", ObjectUnknown),
        (401, "X", NotAuthorised),
        (403, "PERMISSION_DENIED", NotAuthorised),
        (409, "PREVIOUS_REQUEST_IN_PROGRESS", OutcomeUnknown),
        (429, "RATE_LIMIT_REACHED", RateLimited),
        (500, "INTERNAL_SERVER_ERROR", OutcomeUnknown),
        (503, "X", OutcomeUnknown),
    ],
)
def test_every_refusal_has_its_class(status: int, issue: str, kind: type[GatewayError]) -> None:
    body = {
        "name": "N",
        "message": "m",
        "details": [{"issue": issue, "description": "token A21AAsecret-x 4111 1111 1111 1111"}],
    }
    error = from_answer(status, body, {}, is_write=True)
    assert type(error) is kind or (kind is NotAuthorised and isinstance(error, kind))
    assert "A21AAsecret" not in str(error) and "4111" not in str(error)


def test_a_read_that_failed_may_be_repeated_and_a_write_must_be_looked_up() -> None:
    for status in (500, 502, 409, 408):
        assert isinstance(from_answer(status, None, {}, is_write=False), Unavailable)
        assert isinstance(from_answer(status, None, {}, is_write=True), OutcomeUnknown)
    assert isinstance(from_answer(200, None, {}, is_write=True), OutcomeUnknown)
    assert isinstance(from_answer(404, "<html>", {}, is_write=False), UnexpectedShape)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="PayPal's OpenAPI documents are not beside the checkout")
def test_every_documented_reason_against_a_refund_is_a_refusal_that_says_why() -> None:
    schemas = json.loads((FOLDER / "payments_payment_v2.json").read_text())["components"]["schemas"]
    listed = schemas["captures.refund-422"]["properties"]["details"]["items"]["anyOf"]
    assert len(listed) > 20
    for entry in listed:
        issue = entry["properties"]["issue"]["enum"][0]
        error = from_answer(422, {"name": "UNPROCESSABLE_ENTITY", "details": [{"issue": issue}]}, {}, is_write=True)
        assert isinstance(error, Refused)
        assert error.code == issue
