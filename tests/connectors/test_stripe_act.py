"""Refunds at the stand-in, through the official SDK: what moves, what is refused, what is found again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from connectors.actions import Refund
from connectors.errors import (
    AlreadyRefunded,
    AmountTooHigh,
    ChargeDisputed,
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    Refused,
    RequestInvalid,
    UnexpectedShape,
)
from connectors.gateway import AccountAccess
from connectors.gateways.stripe import sdk
from connectors.gateways.stripe.act import StripeActor
from connectors.gateways.stripe.charges import Found
from connectors.gateways.stripe.states import charge_state
from connectors.money import Money
from connectors.outcomes import Done, Failed, Pending
from tests.connectors.conftest import Till

CHARGE: dict[str, Any] = {
    "id": "ch_1",
    "amount": 2000,
    "amount_captured": 2000,
    "amount_refunded": 0,
    "captured": True,
    "refunded": False,
    "currency": "eur",
    "status": "succeeded",
    "created": 1_700_000_000,
}


def refund(charge_id: str, amount: Money, reason: str = "requested_by_customer") -> Refund:
    return Refund(
        account="stripe/eu", object_id=charge_id, amount=amount, reason_code=reason, request_id=f"req_{uuid4().hex}"
    )


def perform(actor: StripeActor, action: Refund) -> Done | Pending:
    return actor.perform(action, idempotency_key=f"cf_{action.request_id}")


@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP", "JPY", "KWD"])
def test_a_part_is_refunded_to_the_minor_unit(actor: StripeActor, till: Till, currency: str) -> None:
    charge = till.take(currency)
    wanted = refund(charge["id"], Money(120, currency))
    done = perform(actor, wanted)
    assert isinstance(done, Done)
    assert done.amount == Money(120, currency)
    assert till.refunded(charge["id"]) == 120
    state = actor.charge_state(charge["id"])
    assert state.refunded == Money(120, currency)
    assert state.left == Money(charge["amount"] - 120, currency)


def test_everything_that_is_left_can_be_refunded_and_then_nothing(actor: StripeActor, till: Till) -> None:
    charge = till.take()
    perform(actor, refund(charge["id"], Money(100, "EUR")))
    left = actor.charge_state(charge["id"]).left
    assert isinstance(perform(actor, refund(charge["id"], left)), Done)
    with pytest.raises(AlreadyRefunded):
        perform(actor, refund(charge["id"], Money(1, "EUR")))
    assert till.refunded(charge["id"]) == charge["amount"]


def test_more_than_is_left_is_refused_and_nothing_moves(actor: StripeActor, till: Till) -> None:
    charge = till.take()
    with pytest.raises(AmountTooHigh, match="left on the charge"):
        perform(actor, refund(charge["id"], Money(charge["amount"] + 1, "EUR")))
    perform(actor, refund(charge["id"], Money(100, "EUR")))
    with pytest.raises(AmountTooHigh):
        perform(actor, refund(charge["id"], Money(charge["amount"], "EUR")))
    assert till.refunded(charge["id"]) == 100


def test_the_same_key_again_answers_the_same_and_moves_nothing_more(actor: StripeActor, till: Till) -> None:
    wanted = refund(till.take()["id"], Money(70, "EUR"))
    assert perform(actor, wanted) == perform(actor, wanted)
    assert till.refunded(wanted.object_id) == 70


def test_several_threads_with_one_key_move_the_money_once(actor: StripeActor, till: Till) -> None:
    wanted = refund(till.take("USD")["id"], Money(70, "USD"))

    def one(_: int) -> Done | Pending | None:
        try:
            return perform(actor, wanted)
        except OutcomeUnknown:
            return None

    with ThreadPoolExecutor(6) as pool:
        answers = {answer for answer in pool.map(one, range(6)) if answer is not None}
    assert answers == {actor.look_up(wanted, idempotency_key="x")}
    assert till.refunded(wanted.object_id) == 70


def test_the_same_key_with_another_amount_is_a_mistake_of_ours(actor: StripeActor, till: Till) -> None:
    wanted = refund(till.take()["id"], Money(70, "EUR"))
    perform(actor, wanted)
    with pytest.raises(RequestInvalid, match="other parameters"):
        actor.perform(replace(wanted, amount=Money(71, "EUR")), idempotency_key=f"cf_{wanted.request_id}")
    assert till.refunded(wanted.object_id) == 70


def test_a_disputed_charge_is_refused(actor: StripeActor, till: Till) -> None:
    charge = till.disputed("needs_response", "under_review", "lost")
    before = till.refunded(charge)
    state = actor.charge_state(charge)
    assert state.is_disputed
    with pytest.raises(ChargeDisputed):
        perform(actor, refund(charge, Money(1 if state.captured.currency != "KWD" else 10, state.captured.currency)))
    assert till.refunded(charge) == before


def test_a_dispute_that_was_won_does_not_count_as_one(actor: StripeActor, till: Till) -> None:
    assert not actor.charge_state(till.disputed("won")).is_disputed


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "succeeded"),
        ({"captured": False, "amount_captured": 0}, "authorized"),
        ({"captured": False, "amount_captured": 0, "refunded": True}, "voided"),
        ({"status": "pending"}, "pending"),
        ({"status": "failed"}, "failed"),
        ({"status": "wobbly"}, "pending"),
    ],
)
def test_a_charge_is_only_succeeded_when_the_money_was_taken(change: dict[str, Any], status: str) -> None:
    assert charge_state("stripe/eu", Found({**CHARGE, **change}, None, None), is_disputed=False).status == status


@pytest.mark.parametrize(
    "change",
    [{"amount_captured": 1999.5}, {"amount_refunded": None}, {"currency": "zzz"}, {"created": "yesterday"},
     {"created": 10**30}, {"amount_captured": True}],
)  # fmt: skip
def test_a_charge_with_an_impossible_amount_is_not_rounded_into_one(change: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedShape):
        charge_state("stripe/eu", Found({**CHARGE, **change}, None, None), is_disputed=False)


def test_a_charge_of_before_2020_counts_as_captured_whole() -> None:
    old = {name: value for name, value in CHARGE.items() if name != "amount_captured"}
    assert charge_state("stripe/eu", Found(old, None, None), is_disputed=False).captured == Money(2000, "EUR")


def test_an_unknown_charge_is_unknown_everywhere(actor: StripeActor) -> None:
    wanted = refund("ch_3NoSuchCharge", Money(1, "EUR"))
    with pytest.raises(ObjectUnknown):
        actor.charge_state("ch_3NoSuchCharge")
    with pytest.raises(ObjectUnknown):
        perform(actor, wanted)
    assert actor.look_up(wanted, idempotency_key="x") is None


@pytest.mark.parametrize("charge_id", ["", "..", "/", "x" * 300, "../refunds", "ch_1?limit=1"])
def test_a_charge_id_that_is_none_reaches_no_other_address(actor: StripeActor, charge_id: str) -> None:
    with pytest.raises(Refused):
        actor.charge_state(charge_id)


@pytest.mark.parametrize("minor", [0, -5])
def test_nothing_or_less_is_not_sent(actor: StripeActor, till: Till, minor: int) -> None:
    charge = till.take()
    with pytest.raises(RequestInvalid):
        perform(actor, refund(charge["id"], Money(minor, "EUR")))
    assert till.refunded(charge["id"]) == 0


def test_another_currency_than_the_charges_is_not_sent(actor: StripeActor, till: Till) -> None:
    charge = till.take("EUR")
    with pytest.raises(RequestInvalid, match="The charge is in EUR, the request in USD"):
        perform(actor, refund(charge["id"], Money(100, "USD")))
    assert till.refunded(charge["id"]) == 0


def test_a_kwd_amount_that_does_not_end_in_0_is_not_sent(actor: StripeActor, till: Till) -> None:
    charge = till.take("KWD")
    with pytest.raises(RequestInvalid, match=r"smallest step is 0\.010 KWD"):
        perform(actor, refund(charge["id"], Money(125, "KWD")))
    assert till.refunded(charge["id"]) == 0


def test_an_action_for_another_account_is_not_sent(actor: StripeActor, till: Till) -> None:
    wanted = replace(refund(till.take()["id"], Money(1, "EUR")), account="stripe/us")
    with pytest.raises(RequestInvalid, match="stripe/us"):
        perform(actor, wanted)


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_stripe_would_not_take_is_not_sent(actor: StripeActor, till: Till, key: str) -> None:
    with pytest.raises(RequestInvalid, match="idempotency key"):
        actor.perform(refund(till.take()["id"], Money(1, "EUR")), idempotency_key=key)


def test_a_refund_is_found_by_its_request_id_among_others(actor: StripeActor, till: Till) -> None:
    charge = till.take()["id"]
    wanted = [refund(charge, Money(amount, "EUR")) for amount in (11, 12, 13)]
    done = [perform(actor, each) for each in wanted]
    assert [actor.look_up(each, idempotency_key="expired long ago") for each in wanted] == done
    assert actor.look_up(refund(charge, Money(11, "EUR")), idempotency_key="x") is None


def test_a_refund_is_found_on_a_later_page(actor: StripeActor, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "PAGE_SIZE", 2)
    charge = till.take("USD")["id"]
    first = refund(charge, Money(1, "USD"))
    done = perform(actor, first)
    for _ in range(4):
        perform(actor, refund(charge, Money(1, "USD")))
    assert actor.look_up(first, idempotency_key="x") == done


def test_a_slow_refund_is_pending_until_stripe_says_otherwise(actor: StripeActor, till: Till) -> None:
    wanted = refund(till.take(kind="sepa_debit")["id"], Money(90, "EUR"))
    pending = perform(actor, wanted)
    assert isinstance(pending, Pending)
    assert "not confirmed" in pending.reason
    assert actor.look_up(wanted, idempotency_key="x") == pending
    till.shop.control("POST", "settle", {"refund": pending.gateway_reference, "outcome": "succeeded"})
    assert isinstance(actor.look_up(wanted, idempotency_key="x"), Done)


def test_a_refund_that_fails_later_is_found_as_failed(actor: StripeActor, till: Till) -> None:
    wanted = refund(till.take(last4={"5126", "7726"})["id"], Money(90, "EUR"))
    made = perform(actor, wanted)
    till.shop.control("POST", "settle", {"refund": made.gateway_reference, "outcome": "failed"})
    failed = actor.look_up(wanted, idempotency_key="x")
    assert isinstance(failed, Failed)
    assert "No money went back" in failed.reason
    assert till.refunded(wanted.object_id) == 0


@pytest.mark.parametrize(
    ("ours", "stripes"),
    [("duplicate", "duplicate"), ("fraudulent", "fraudulent"), ("goodwill", None), ("not_received", None)],
)
def test_only_reasons_that_stripe_knows_are_given_to_it(
    actor: StripeActor, till: Till, ours: str, stripes: str | None
) -> None:
    wanted = refund(till.take()["id"], Money(10, "EUR"), ours)
    perform(actor, wanted)
    (made,) = till.refunds_of(wanted.object_id)
    assert made["reason"] == stripes
    assert made["metadata"] == {"counterfoil_request_id": wanted.request_id, "counterfoil_reason": ours}


def test_a_key_that_may_only_read_refunds_nothing(access: AccountAccess, till: Till) -> None:
    charge = till.take()["id"]
    reading = StripeActor(replace(access, api_key="rk_test_sandbox"))
    with pytest.raises(NotAuthorised, match="rak_"):
        perform(reading, refund(charge, Money(10, "EUR")))
    reading.close()
    assert till.refunded(charge) == 0
