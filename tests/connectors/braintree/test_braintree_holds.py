"""Captures, voids, and payments from a stored payment method: what moves, what is refused, and in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.actions import Action, Authorize, Capture, ChargeAgain
from connectors.capabilities import Capability
from connectors.errors import AmountTooHigh, Declined, ObjectUnknown, OutcomeUnknown, Refused, RequestInvalid
from connectors.gateways.braintree.act import BraintreeActor
from connectors.gateways.braintree.capabilities import CAPABILITIES
from connectors.money import Money
from connectors.offers import which_actions
from connectors.outcomes import Done, Failed, Pending
from sandbox.braintree.running import Running
from tests.connectors.braintree.choosing import book, transactions
from tests.connectors.braintree.making import Maker, asked, effects
from tests.sandbox.braintree.conftest import sdk

TOTAL = Money(2_000, "EUR")


@pytest.fixture
def maker(fresh: Running) -> Maker:
    return Maker(fresh)


def held(maker: Maker, kind: str = "credit_card", currency: str = "EUR", amount: str = "20.00") -> str:
    return maker.sale(amount, kind=kind, currency=currency, is_submitted=False)


def status(shop: Running, wanted: str) -> str:
    return str(shop.app.store.objects["transaction"][wanted]["status"])


def sent(shop: Running) -> list[dict[str, object]]:
    return [each["params"] for each in shop.control("GET", "log")["log"]]


def test_a_hold_tells_what_may_be_captured_voided_and_charged_again(actor: BraintreeActor, maker: Maker) -> None:
    state = actor.charge_state(held(maker))
    assert (state.status, state.capturable, state.is_voidable, state.chargeable) == ("authorized", TOTAL, True, TOTAL)
    assert state.captured == Money(0, "EUR")
    assert state.customer_id is not None
    offers = {
        each.action: each for each in which_actions(state, CAPABILITIES, frozenset(CAPABILITIES.actions), now=now())
    }
    assert {name for name, each in offers.items() if each.is_offered} == {
        "capture", "void", "charge_again", "authorize",
    }  # fmt: skip
    assert offers["capture"].maximum == TOTAL


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(
    ("state", "is_voidable"),
    [
        ("authorized", True), ("submitted_for_settlement", True), ("settlement_pending", False), ("settling", False),
        ("settled", False), ("voided", False), ("authorization_expired", False), ("processor_declined", False),
    ],
)  # fmt: skip
def test_what_is_submitted_can_be_voided_and_what_settles_cannot(
    fresh: Running, actor: BraintreeActor, maker: Maker, state: str, is_voidable: bool
) -> None:
    wanted = held(maker)
    fresh.app.store.objects["transaction"][wanted]["status"] = state
    fresh.app.store.remember("transaction", fresh.app.store.objects["transaction"][wanted])
    found = actor.charge_state(wanted)
    assert found.is_voidable == is_voidable
    assert (found.capturable is not None) == (state == "authorized")


def test_what_paypal_has_not_confirmed_can_be_voided(fresh: Running, actor: BraintreeActor, maker: Maker) -> None:
    wanted = held(maker, "paypal_account")
    fresh.app.store.objects["transaction"][wanted]["status"] = "settlement_pending"
    fresh.app.store.remember("transaction", fresh.app.store.objects["transaction"][wanted])
    assert actor.charge_state(wanted).is_voidable
    assert isinstance(actor.perform(asked("void", wanted), idempotency_key="key"), Done)


def test_a_part_is_captured_once_and_the_rest_is_released(fresh: Running, actor: BraintreeActor, maker: Maker) -> None:
    wanted = held(maker)
    with pytest.raises(AmountTooHigh, match="More was asked than was authorized"):
        actor.perform(asked("capture", wanted, 2_001), idempotency_key="more")
    action = asked("capture", wanted, 1_500)
    pending = actor.perform(action, idempotency_key="part")
    assert isinstance(pending, Pending)
    assert pending == Pending(pending.reason, wanted, Money(1_500, "EUR"))
    assert actor.look_up(action, idempotency_key="gone") == pending
    assert actor.charge_state(wanted).status == "pending"
    fresh.control("POST", "settle", {"transaction": wanted})
    assert isinstance(actor.look_up(action, idempotency_key="gone"), Done)
    assert actor.charge_state(wanted).captured == Money(1_500, "EUR")
    with pytest.raises(Refused, match="Only authorized payments"):
        actor.perform(asked("capture", wanted, 500), idempotency_key="again")
    assert book(fresh, wanted)["captured"] == 1_500


def test_a_capture_keeps_the_order_id_of_its_sale(fresh: Running, actor: BraintreeActor, maker: Maker) -> None:
    wanted = held(maker)
    fresh.app.store.objects["transaction"][wanted]["order_id"] = "SHOP-1"
    actor.perform(asked("capture", wanted, 2_000), idempotency_key="key")
    assert fresh.app.store.objects["transaction"][wanted]["order_id"] == "SHOP-1"
    assert sent(fresh)[-1] == {"amount": "20.00", "api_request_key": "key"}


def test_a_capture_of_another_amount_is_not_ours(fresh: Running, actor: BraintreeActor, maker: Maker) -> None:
    wanted = held(maker)
    sdk(fresh).transaction.submit_for_settlement(wanted, "9.00")
    assert actor.look_up(asked("capture", wanted, 2_000), idempotency_key="gone") is None
    assert isinstance(actor.look_up(asked("capture", wanted, 900), idempotency_key="gone"), Pending)


def test_a_capture_that_was_voided_or_declined_later_has_failed(
    fresh: Running, actor: BraintreeActor, maker: Maker
) -> None:
    first, second, third = (held(maker) for _ in range(3))
    for wanted in (first, second):
        actor.perform(asked("capture", wanted, 2_000), idempotency_key=wanted)
    fresh.control("POST", "settle", {"transaction": first, "outcome": "settlement_declined"})
    for wanted in (second, third):
        actor.perform(asked("void", wanted), idempotency_key=f"void-{wanted}")
    found = [actor.look_up(asked("capture", each, 2_000), idempotency_key="gone") for each in (first, second, third)]
    assert isinstance(found[0], Failed)
    assert "no money was taken" in found[0].reason
    assert isinstance(found[1], Failed)
    assert found[2] is None


def test_a_void_is_refused_once_it_settled_and_found_where_it_happened(
    fresh: Running, actor: BraintreeActor, maker: Maker
) -> None:
    wanted, settled = held(maker), held(maker, "paypal_account")
    sdk(fresh).transaction.submit_for_settlement(settled)
    with pytest.raises(Refused, match="refund it instead") as caught:
        actor.perform(asked("void", settled), idempotency_key="late")
    assert caught.value.code == "91504"
    assert actor.look_up(asked("void", settled), idempotency_key="late") is None
    done = actor.perform(asked("void", wanted), idempotency_key="key")
    assert isinstance(done, Done)
    assert (done.gateway_reference, done.amount) == (wanted, None)
    assert actor.perform(asked("void", wanted), idempotency_key="key") == done
    with pytest.raises(Refused):
        actor.perform(asked("void", wanted), idempotency_key="another")
    assert actor.charge_state(wanted).status == "voided"


@pytest.mark.parametrize(("name", "state"), [("charge_again", "submitted_for_settlement"), ("authorize", "authorized")])
def test_a_stored_card_pays_again_at_the_same_merchant_account(
    fresh: Running, actor: BraintreeActor, maker: Maker, name: str, state: str
) -> None:
    wanted = held(maker, "credit_card", "JPY", "2000")
    before = fresh.app.store.objects["transaction"][wanted]
    action = asked(name, wanted, 1_900, "JPY")
    made = actor.perform(action, idempotency_key="key")
    assert made.amount == Money(1_900, "JPY")
    assert isinstance(made, Pending if name == "charge_again" else Done)
    (kept,) = transactions(fresh, order_id=action.request_id)
    assert (kept["id"], kept["status"], kept["amount"]) == (made.gateway_reference, state, "1900")
    assert kept["merchant_account_id"] == "example_jpy"
    assert kept["customer"]["id"] == before["customer"]["id"]
    assert kept["credit_card"]["token"] == before["credit_card"]["token"]
    assert sent(fresh)[-1]["transaction_source"] == "unscheduled"
    assert actor.look_up(action, idempotency_key="gone") == made
    assert actor.look_up(asked(name, wanted, 1_900, "JPY"), idempotency_key="gone") is None
    again = actor.perform(action, idempotency_key="key")
    assert again.gateway_reference == made.gateway_reference
    assert effects(fresh, action) == 1


@pytest.mark.parametrize("kind", ["paypal_account", "apple_pay_card", "android_pay_card"])
def test_other_payment_methods_pay_again_too(actor: BraintreeActor, shown: Running, kind: str, maker: Maker) -> None:
    sale = next(each for each in transactions(maker.shop, status="settled", payment_instrument_type=kind))
    action = asked("charge_again", sale["id"], 100, sale["currency_iso_code"])
    made = actor.perform(action, idempotency_key="key")
    assert transactions(maker.shop, order_id=action.request_id)[0]["payment_instrument_type"] == kind
    assert isinstance(made, Done if kind == "paypal_account" else Pending)


@pytest.mark.parametrize("name", ["charge_again", "authorize"])
def test_a_card_that_is_declined_takes_nothing_and_is_found_as_failed(
    fresh: Running, actor: BraintreeActor, name: str
) -> None:
    sale = next(each for each in transactions(fresh, status="settled") if each["order_id"] == "BT-80200")
    assert actor.charge_state(sale["id"]).chargeable is not None
    action = asked(name, sale["id"], 500, sale["currency_iso_code"])
    with pytest.raises(Declined, match="Do Not Honor"):
        actor.perform(action, idempotency_key="key")
    assert isinstance(actor.look_up(action, idempotency_key="key"), Failed)
    with pytest.raises(Refused, match="earlier try of the same request failed"):
        actor.perform(action, idempotency_key="key")
    assert [each["status"] for each in transactions(fresh, order_id=action.request_id)] == ["processor_declined"]


def test_a_lost_decline_is_found_as_failed(fresh: Running, actor: BraintreeActor) -> None:
    sale = next(each for each in transactions(fresh, status="settled") if each["order_id"] == "BT-80200")
    action = asked("charge_again", sale["id"], 500, sale["currency_iso_code"])
    fresh.fault("drop_after", method="POST", path="*/transactions")
    with pytest.raises(OutcomeUnknown):
        actor.perform(action, idempotency_key="key")
    found = actor.look_up(action, idempotency_key="key")
    assert isinstance(found, Failed)
    assert "no money was taken" in found.reason


def test_a_hold_that_was_released_has_failed_and_one_that_was_captured_has_not(
    fresh: Running, actor: BraintreeActor, maker: Maker
) -> None:
    sale = maker.sale("20.00", kind="credit_card", is_submitted=True)
    actions = [asked("authorize", sale, 1_000) for _ in range(2)]
    first, second = (actor.perform(each, idempotency_key=each.request_id).gateway_reference for each in actions)
    assert first is not None
    assert second is not None
    actor.perform(asked("void", first), idempotency_key="void")
    actor.perform(asked("capture", second, 1_000), idempotency_key="capture")
    assert isinstance(actor.look_up(actions[0], idempotency_key="gone"), Failed)
    assert isinstance(actor.look_up(actions[1], idempotency_key="gone"), Done)


def test_nothing_is_sent_without_a_stored_method_or_in_another_currency(
    fresh: Running, actor: BraintreeActor, maker: Maker
) -> None:
    wanted = held(maker)
    before = len(sent(fresh))
    for name in ("charge_again", "authorize", "capture"):
        with pytest.raises(RequestInvalid, match="in EUR, the amount in USD"):
            actor.perform(asked(name, wanted, 100, "USD"), idempotency_key="key")
        with pytest.raises(RequestInvalid, match="above 0"):
            actor.perform(asked(name, wanted, 0), idempotency_key="key")
    kept = fresh.app.store.objects["transaction"][wanted]
    kept["credit_card"]["token"] = None
    fresh.app.store.remember("transaction", kept)
    assert actor.charge_state(wanted).chargeable is None
    with pytest.raises(Refused, match="No payment method"):
        actor.perform(asked("charge_again", wanted, 100), idempotency_key="key")
    assert len(sent(fresh)) == before


def test_a_method_that_was_deleted_meanwhile_is_refused(fresh: Running, actor: BraintreeActor, maker: Maker) -> None:
    wanted = held(maker)
    kept = fresh.app.store.objects["transaction"][wanted]
    kept["credit_card"]["token"] = "gone"
    fresh.app.store.remember("transaction", kept)
    with pytest.raises(Refused, match="no longer stored") as caught:
        actor.perform(asked("charge_again", wanted, 100), idempotency_key="key")
    assert caught.value.code == "91518"


@pytest.mark.parametrize("kind", ["html", "truncated", "malformed", "wrong_types"])
@pytest.mark.parametrize("name", ["capture", "void", "charge_again", "authorize"])
def test_an_unreadable_answer_is_unknown(
    fresh: Running, actor: BraintreeActor, maker: Maker, name: str, kind: str
) -> None:
    action = maker.action(name)
    assert action is not None
    method = "PUT" if name in ("capture", "void") else "POST"
    fresh.fault(kind, method=method, path="*")
    with pytest.raises(OutcomeUnknown):
        actor.perform(action, idempotency_key="key")
    assert isinstance(actor.look_up(action, idempotency_key="key"), Done)
    assert effects(fresh, action) == 1


@pytest.mark.parametrize("kind", [Capture, ChargeAgain, Authorize])
def test_a_refund_is_no_payment_that_could_be_acted_on(
    fresh: Running, actor: BraintreeActor, kind: type[Capture | ChargeAgain | Authorize]
) -> None:
    credit = transactions(fresh, "credit", status="settled")[0]
    action = asked(kind.name, credit["id"], 1, credit["currency_iso_code"])
    with pytest.raises(ObjectUnknown, match="is a credit"):
        actor.perform(action, idempotency_key="key")
    with pytest.raises(ObjectUnknown, match="is a credit"):
        actor.perform(asked("void", credit["id"]), idempotency_key="key")


def test_an_action_of_another_account_is_refused(actor: BraintreeActor, maker: Maker) -> None:
    action: Action = replace(asked("void", held(maker)), account="braintree/us")
    with pytest.raises(RequestInvalid, match="for braintree/us"):
        actor.perform(action, idempotency_key="key")
    with pytest.raises(RequestInvalid, match="for braintree/us"):
        actor.look_up(action, idempotency_key="key")


def test_every_money_action_takes_parts() -> None:
    capabilities: list[Capability] = [CAPABILITIES.actions[name] for name in ("capture", "charge_again", "authorize")]
    assert all(each.is_partial and each.key_lives is not None for each in capabilities)
