"""Holds and charges on stored methods at the stand-in: what is taken, released, declined, and found again."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from connectors.actions import Action
from connectors.errors import AmountTooHigh, Declined, ObjectUnknown, Refused, RequestInvalid
from connectors.gateway import AccountAccess
from connectors.gateways.stripe import sdk
from connectors.gateways.stripe.act import StripeActor
from connectors.money import Money
from connectors.outcomes import Done, Failed, LookedUp, Outcome, Pending
from connectors.states import ChargeState
from tests.connectors.conftest import Till
from tests.connectors.scripted import Reply, scripted
from tests.connectors.stripe_scene import StripeScene, asked


@pytest.fixture
def scene(access: AccountAccess, till: Till) -> StripeScene:
    return StripeScene(access, till)


def perform(actor: StripeActor, action: Action) -> Outcome:
    return actor.perform(action, idempotency_key=f"cf_{action.request_id}")


def found(actor: StripeActor, action: Action) -> LookedUp | None:
    return actor.look_up(action, idempotency_key="expired")


def test_a_hold_can_be_captured_or_voided_and_not_refunded(actor: StripeActor, till: Till) -> None:
    state = actor.charge_state(till.hold(700))
    assert (state.status, state.captured, state.capturable) == ("authorized", Money(0, "EUR"), Money(700, "EUR"))
    assert state.is_voidable
    assert state.left.minor == 0


def test_a_part_is_captured_and_the_rest_released(actor: StripeActor, till: Till, scene: StripeScene) -> None:
    wanted = asked("capture", till.hold(700), amount=Money(450, "EUR"))
    done = perform(actor, wanted)
    assert isinstance(done, Done)
    assert (done.gateway_reference, done.amount) == (wanted.object_id, Money(450, "EUR"))
    state = actor.charge_state(wanted.object_id)
    assert (state.status, state.captured, state.capturable) == ("succeeded", Money(450, "EUR"), None)
    assert not state.is_voidable
    again = replace(wanted, request_id="req_another")
    with pytest.raises(Refused, match="state that allows"):
        perform(actor, again)
    assert found(actor, again) is None
    assert scene.effects(wanted) == 1


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_or_less_is_not_captured(actor: StripeActor, till: Till, minor: int) -> None:
    with pytest.raises(RequestInvalid):
        perform(actor, asked("capture", till.hold(), amount=Money(minor, "EUR")))


def test_more_than_is_held_or_another_currency_is_not_captured(actor: StripeActor, till: Till) -> None:
    charge = till.hold(500)
    with pytest.raises(AmountTooHigh):
        perform(actor, asked("capture", charge, amount=Money(501, "EUR")))
    with pytest.raises(RequestInvalid, match="in EUR, the request in USD"):
        perform(actor, asked("capture", charge, amount=Money(500, "USD")))
    assert actor.charge_state(charge).capturable == Money(500, "EUR")


def test_what_was_captured_cannot_be_voided_and_what_was_voided_not_captured(actor: StripeActor, till: Till) -> None:
    taken, released = till.hold(), till.hold()
    perform(actor, asked("capture", taken, amount=Money(500, "EUR")))
    perform(actor, asked("void", released))
    assert actor.charge_state(released).status == "voided"
    with pytest.raises(Refused):
        perform(actor, asked("void", taken))
    with pytest.raises(Refused):
        perform(actor, asked("capture", released, amount=Money(500, "EUR")))
    assert found(actor, asked("void", taken)) is None


def test_a_void_by_somebody_else_reaches_the_goal(actor: StripeActor, till: Till) -> None:
    charge = till.hold()
    till.post(f"/v1/payment_intents/{till.intent_of(charge)['id']}/cancel", {})
    assert isinstance(found(actor, asked("void", charge)), Done)


def test_only_reasons_that_stripe_knows_are_given_with_a_void(actor: StripeActor, till: Till) -> None:
    for ours, stripes in (("duplicate", "duplicate"), ("goodwill", None)):
        charge = till.hold()
        perform(actor, replace(asked("void", charge), reason_code=ours))
        assert till.intent_of(charge)["cancellation_reason"] == stripes


@pytest.mark.parametrize(("currency", "minor"), [("EUR", 51), ("JPY", 120), ("KWD", 1_230)])
def test_a_stored_method_is_charged_to_the_minor_unit(
    actor: StripeActor, till: Till, currency: str, minor: int
) -> None:
    wanted = asked("charge_again", till.reusable(currency), amount=Money(minor, currency))
    done = perform(actor, wanted)
    assert isinstance(done, Done)
    assert done.amount == Money(minor, currency)
    made = actor.charge_state(done.gateway_reference)
    assert (made.status, made.captured) == ("succeeded", Money(minor, currency))
    assert made.customer_id == actor.charge_state(wanted.object_id).customer_id
    ledger = till.every("/v1/balance_transactions", source=done.gateway_reference)
    assert [line["amount"] for line in ledger] == [minor]


def test_what_stripe_cannot_count_or_takes_too_little_of_is_refused(actor: StripeActor, till: Till) -> None:
    with pytest.raises(RequestInvalid, match="smallest step"):
        perform(actor, asked("charge_again", till.reusable("KWD"), amount=Money(1_233, "KWD")))
    with pytest.raises(RequestInvalid, match="at least"):
        perform(actor, asked("charge_again", till.reusable(), amount=Money(49, "EUR")))


def test_more_than_the_charge_asked_for_is_not_taken_again(actor: StripeActor, till: Till) -> None:
    charge = till.reusable()
    most = actor.charge_state(charge).chargeable
    assert most is not None
    with pytest.raises(AmountTooHigh):
        perform(actor, asked("charge_again", charge, amount=most + Money(1, "EUR")))
    assert isinstance(perform(actor, asked("charge_again", charge, amount=most)), Done)


@pytest.mark.parametrize("name", ["charge_again", "authorize"])
@pytest.mark.parametrize(("last4", "words"), [("0341", "declined"), ("3184", "confirm the payment")])
def test_a_declined_card_is_a_refusal_that_stays_one(
    actor: StripeActor, till: Till, name: str, last4: str, words: str
) -> None:
    charge = till.refusing(last4)
    before = len(till.every("/v1/balance_transactions"))
    wanted = asked(name, charge, amount=Money(100, "EUR"))
    with pytest.raises(Declined, match=words):
        perform(actor, wanted)
    with pytest.raises(Declined):
        perform(actor, wanted)
    failed = found(actor, wanted)
    assert isinstance(failed, Failed)
    assert "declined" in failed.reason
    assert len(till.every("/v1/balance_transactions")) == before


def test_a_charge_that_failed_tells_its_method_though_the_payment_forgot_it(actor: StripeActor, till: Till) -> None:
    wanted = asked("charge_again", till.refusing("0341"), amount=Money(100, "EUR"))
    with pytest.raises(Declined):
        perform(actor, wanted)
    failed = found(actor, wanted)
    assert isinstance(failed, Failed)
    assert till.intent_of(failed.gateway_reference)["payment_method"] is None
    state = actor.charge_state(failed.gateway_reference)
    assert (state.status, state.chargeable) == ("failed", Money(100, "EUR"))


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_debit_is_pending_until_the_bank_has_said(actor: StripeActor, till: Till, succeeds: bool) -> None:
    charge = str(till.take(kind="sepa_debit")["id"])
    wanted = asked("charge_again", charge, amount=Money(300, "EUR"))
    pending = perform(actor, wanted)
    assert isinstance(pending, Pending)
    assert found(actor, wanted) == pending
    assert pending.gateway_reference is not None
    assert actor.charge_state(pending.gateway_reference).status == "pending"
    intent = till.intent_of(pending.gateway_reference)["id"]
    outcome = "succeeded" if succeeds else "failed"
    till.shop.control("POST", "settle", {"payment": intent, "outcome": outcome})
    assert isinstance(found(actor, wanted), Done if succeeds else Failed)
    lines = till.every("/v1/balance_transactions", source=pending.gateway_reference)
    assert len(lines) == int(succeeds)


def test_a_debit_cannot_be_held(actor: StripeActor, till: Till) -> None:
    charge = str(till.take(kind="sepa_debit")["id"])
    with pytest.raises(Refused, match="cannot be captured manually"):
        perform(actor, asked("authorize", charge, amount=Money(300, "EUR")))


def test_a_hold_of_ours_is_captured_and_both_requests_are_found(actor: StripeActor, till: Till) -> None:
    held = asked("authorize", till.reusable(), amount=Money(400, "EUR"))
    done = perform(actor, held)
    assert isinstance(done, Done)
    capture = asked("capture", done.gateway_reference, amount=Money(150, "EUR"))
    perform(actor, capture)
    assert found(actor, held) == done
    captured = found(actor, capture)
    assert isinstance(captured, Done)
    assert captured.amount == Money(150, "EUR")


def test_a_hold_that_was_released_since_is_found_as_undone(actor: StripeActor, till: Till) -> None:
    held = asked("authorize", till.reusable(), amount=Money(400, "EUR"))
    done = perform(actor, held)
    assert isinstance(done, Done)
    perform(actor, asked("void", done.gateway_reference))
    assert isinstance(found(actor, held), Failed)


def test_a_method_that_was_detached_is_not_offered_and_not_charged(actor: StripeActor, till: Till) -> None:
    gone = next(one for one in till.every("/v1/payment_methods") if one["customer"] is None)
    charge = next(one["id"] for one in till.charges() if one["payment_method"] == gone["id"] and one["paid"])
    assert actor.charge_state(charge).chargeable is None
    with pytest.raises(Refused, match="No payment method"):
        perform(actor, asked("charge_again", charge, amount=Money(100, "EUR")))


def test_a_payment_is_found_on_a_later_page(actor: StripeActor, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "PAGE_SIZE", 2)
    charge = till.reusable()
    first = asked("charge_again", charge, amount=Money(100, "EUR"))
    done = perform(actor, first)
    for _ in range(3):
        perform(actor, asked("charge_again", charge, amount=Money(100, "EUR")))
    assert found(actor, first) == done


def test_a_charge_without_an_intent_is_captured_in_the_dashboard_only(actor: StripeActor, till: Till) -> None:
    old = next(one["id"] for one in till.charges() if one["payment_intent"] is None and isinstance(one["amount"], int))
    for action in (asked("capture", old, amount=Money(100, "EUR")), asked("void", old)):
        with pytest.raises(Refused, match=r"dashboard|The charge is in"):
            perform(actor, action)
        assert found(actor, action) is None


def test_a_key_that_may_not_read_methods_still_reads_charges(till: Till) -> None:
    charge = till.charges()[0]
    forbidden = {"error": {"message": "Having the 'rak_payment_method_read' permission …", "type": "invalid"}}
    replies = (Reply(orjson.dumps(forbidden), 403), Reply(orjson.dumps({**charge, "disputed": False})))
    with scripted(*replies) as script:
        actor = StripeActor(AccountAccess("stripe/eu", script.url, "rk_test_narrow"))
        states = [actor.state_of("charge", charge["id"]) for _ in range(2)]
        actor.close()
    assert all(isinstance(state, ChargeState) and state.chargeable is None for state in states)
    assert ["expand" in path for path in script.asked] == [True, False, False]


def test_no_charge_no_hold(actor: StripeActor) -> None:
    for name in ("capture", "charge_again", "authorize"):
        with pytest.raises(ObjectUnknown):
            perform(actor, asked(name, "ch_3NoSuchCharge", amount=Money(100, "EUR")))
