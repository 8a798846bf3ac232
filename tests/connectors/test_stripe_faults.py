"""What is said when the network or Stripe fails: whether money moved is never guessed."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import httpx
import pytest
import stripe

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
)
from connectors.gateway import AccountAccess
from connectors.gateways.stripe.act import StripeActor
from connectors.gateways.stripe.errors import FAILURES, KEY_SPENT, from_answer
from connectors.gateways.stripe.outcomes import looked_up, outcome
from connectors.money import Money
from connectors.outcomes import Done, Failed, Pending
from tests.connectors.conftest import Till
from tests.connectors.scenes import NO_ANSWER_S
from tests.connectors.test_stripe_act import perform, refund

UNKNOWN_AFTER = ["timeout_after", "drop_after", "error_after", "malformed", "truncated", "html", "wrong_types"]
UNKNOWN_BEFORE = ["timeout_before", "drop_before", "error_before"]


@pytest.mark.parametrize("kind", UNKNOWN_AFTER)
def test_a_refund_whose_answer_was_lost_is_unknown_and_then_found_once(
    actor: StripeActor, asking: StripeActor, till: Till, kind: str
) -> None:
    wanted = refund(till.take("USD")["id"], Money(60, "USD"))
    till.shop.fault(kind, path="/v1/refunds", seconds=NO_ANSWER_S)
    with pytest.raises(OutcomeUnknown, match="looked up"):
        perform(asking, wanted)
    found = actor.look_up(wanted, idempotency_key="x")
    assert isinstance(found, Done)
    assert found.amount == Money(60, "USD")
    assert till.refunded(wanted.object_id) == 60


@pytest.mark.parametrize("kind", UNKNOWN_BEFORE)
def test_a_refund_that_may_have_been_lost_on_its_way_is_unknown_too(
    actor: StripeActor, asking: StripeActor, till: Till, kind: str
) -> None:
    wanted = refund(till.take("USD")["id"], Money(60, "USD"))
    till.shop.fault(kind, path="/v1/refunds", seconds=NO_ANSWER_S)
    with pytest.raises(OutcomeUnknown):
        perform(asking, wanted)
    assert actor.look_up(wanted, idempotency_key="x") is None
    assert till.refunded(wanted.object_id) == 0


@pytest.mark.parametrize("kind", ["timeout_before", "drop_before"])
def test_a_request_that_never_arrived_can_be_sent_again_with_its_key(
    actor: StripeActor, asking: StripeActor, till: Till, kind: str
) -> None:
    wanted = refund(till.take("USD")["id"], Money(60, "USD"))
    till.shop.fault(kind, path="/v1/refunds", seconds=NO_ANSWER_S)
    with pytest.raises(OutcomeUnknown):
        perform(asking, wanted)
    assert isinstance(perform(actor, wanted), Done)
    assert till.refunded(wanted.object_id) == 60


def test_a_failure_that_stripe_remembers_under_the_key_says_that_the_key_is_spent(
    actor: StripeActor, till: Till
) -> None:
    wanted = refund(till.take("USD")["id"], Money(60, "USD"))
    till.shop.fault("error_before", path="/v1/refunds")
    with pytest.raises(OutcomeUnknown) as first:
        perform(actor, wanted)
    with pytest.raises(OutcomeUnknown) as again:
        perform(actor, wanted)
    assert (first.value.code, again.value.code) == (None, KEY_SPENT)
    assert till.refunded(wanted.object_id) == 0
    assert isinstance(actor.perform(wanted, idempotency_key=f"cf_{wanted.request_id}_2"), Done)


def test_nothing_is_repeated_behind_the_callers_back(actor: StripeActor, till: Till) -> None:
    wanted = refund(till.take("USD")["id"], Money(60, "USD"))
    till.shop.fault("rate_limited", path="/v1/refunds", retry_after=7)
    with pytest.raises(RateLimited) as raised:
        perform(actor, wanted)
    assert raised.value.retry_after_s == 7
    assert till.refunded(wanted.object_id) == 0
    assert isinstance(perform(actor, wanted), Done)


def test_a_refused_connection_sent_nothing(access: AccountAccess, till: Till) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    nobody = StripeActor(replace(access, api_base=address))
    with pytest.raises(Unavailable, match="nothing was sent"):
        perform(nobody, refund(till.take("USD")["id"], Money(60, "USD")))
    nobody.close()


@pytest.mark.parametrize("kind", ["error_before", "drop_before", "timeout_before"])
def test_reading_before_a_refund_may_always_be_repeated(asking: StripeActor, till: Till, kind: str) -> None:
    charge = till.take("USD")["id"]
    till.shop.fault(kind, method="GET", path="/v1/charges/*", seconds=NO_ANSWER_S)
    with pytest.raises(Unavailable):
        perform(asking, refund(charge, Money(60, "USD")))
    assert till.refunded(charge) == 0


@pytest.mark.parametrize("kind", ["html", "malformed", "wrong_types"])
def test_a_charge_that_cannot_be_read_is_no_charge(actor: StripeActor, till: Till, kind: str) -> None:
    charge = till.take("USD")["id"]
    till.shop.fault(kind, method="GET", path="/v1/charges/*")
    with pytest.raises(UnexpectedShape):
        actor.charge_state(charge)


REFUSALS: list[tuple[int, dict[str, Any], type[GatewayError]]] = [
    (400, {"code": "charge_already_refunded"}, AlreadyRefunded),
    (400, {"code": "charge_disputed"}, ChargeDisputed),
    (400, {"code": "refund_disputed_payment"}, ChargeDisputed),
    (400, {"code": "amount_too_large"}, AmountTooHigh),
    (400, {"param": "amount", "message": "Refund amount ($2) is greater than unrefunded amount on charge ($1)"},
     AmountTooHigh),
    (400, {"code": "balance_insufficient"}, Refused),
    (400, {"code": "rate_limit"}, RateLimited),
    (400, {"type": "idempotency_error"}, RequestInvalid),
    (400, {"code": "parameter_invalid_integer", "param": "amount"}, RequestInvalid),
    (400, {}, RequestInvalid),
    (401, {}, NotAuthorised),
    (402, {"code": "card_declined"}, Declined),
    (403, {}, NotAuthorised),
    (404, {"code": "resource_missing"}, ObjectUnknown),
    (409, {"code": "idempotency_key_in_use"}, OutcomeUnknown),
    (424, {}, OutcomeUnknown),
    (429, {"code": "lock_timeout"}, RateLimited),
    (500, {}, OutcomeUnknown),
    (503, {}, OutcomeUnknown),
]  # fmt: skip


@pytest.mark.parametrize(("status", "error", "kind"), REFUSALS)
def test_each_refusal_has_its_own_name(status: int, error: dict[str, Any], kind: type[GatewayError]) -> None:
    found = from_answer(status, {"error": error}, {}, is_write=True)
    assert type(found) is kind or (status == 403 and isinstance(found, kind))
    assert str(found)


@pytest.mark.parametrize("body", [None, [], "no", {"error": "oauth"}, {"error": None}, {"message": "proxy"}])
@pytest.mark.parametrize("status", [200, 302, 400, 403, 407, 502])
def test_an_answer_that_is_not_stripes_leaves_a_write_unknown(status: int, body: object) -> None:
    assert isinstance(from_answer(status, body, {}, is_write=True), OutcomeUnknown)


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (httpx.ConnectError("x"), Unavailable),
        (httpx.ConnectTimeout("x"), Unavailable),
        (httpx.PoolTimeout("x"), Unavailable),
        (httpx.ReadTimeout("x"), OutcomeUnknown),
        (httpx.WriteError("x"), OutcomeUnknown),
        (httpx.WriteTimeout("x"), OutcomeUnknown),
        (httpx.RemoteProtocolError("x"), OutcomeUnknown),
        (None, OutcomeUnknown),
    ],
)
def test_only_a_connection_that_was_never_made_sent_nothing(cause: Exception | None, kind: type[GatewayError]) -> None:
    assert type(FAILURES.of_connection(cause, is_write=True)) is kind
    assert type(FAILURES.of_connection(cause, is_write=False)) is Unavailable


def _refund(**changes: Any) -> dict[str, Any]:
    return {"id": "re_1", "amount": 100, "currency": "eur", "status": "succeeded", "created": 1_700_000_000, **changes}


@pytest.mark.parametrize("status", ["pending", "requires_action", "wobbly"])
def test_a_status_other_than_succeeded_is_never_done(status: str) -> None:
    found = outcome(_refund(status=status))
    assert isinstance(found, Pending)
    assert found.gateway_reference == "re_1"


@pytest.mark.parametrize(("status", "kind"), [("failed", Declined), ("canceled", Refused)])
def test_a_refund_that_fails_at_once_is_refused(status: str, kind: type[Refused]) -> None:
    with pytest.raises(kind, match="no money went back|No money went back"):
        outcome(_refund(status=status, failure_reason="expired_or_canceled_card"))


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"amount": "100"}, {"amount": True}, {"amount": 1.5}, {"currency": "zzz"}, {"status": None},
     {"status": ["succeeded"]}, {"created": 10**20}, {"currency": "isk", "amount": 150}],
)  # fmt: skip
def test_a_refund_that_cannot_be_read_is_unknown(change: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        outcome(_refund(**change))


def test_of_several_refunds_of_one_request_the_one_that_succeeded_counts() -> None:
    failed, waiting, done = _refund(status="failed"), _refund(status="pending"), _refund()
    assert isinstance(looked_up([failed, waiting, done]), Done)
    assert isinstance(looked_up([failed, waiting]), Pending)
    assert isinstance(looked_up([failed]), Failed)
    assert looked_up([]) is None


def test_texts_of_stripe_lose_keys_and_card_numbers_and_their_length() -> None:
    text = FAILURES.scrub(
        "Invalid API Key provided: sk_test_51Hxyz*****abcd for card 4242 4242 4242 4242\n" + "x" * 999
    )
    assert "sk_test" not in text
    assert "4242 4242" not in text
    assert len(text) <= 300
    assert "\n" not in text


def test_the_sdk_reports_no_timings_to_stripe(actor: StripeActor) -> None:
    assert repr(actor) == "StripeActor('stripe/eu')"
    assert stripe.enable_telemetry is False
