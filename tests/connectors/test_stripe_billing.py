"""Subscriptions, invoices and customers at the stand-in: what is changed, refused, left alone, and found again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.actions import Action
from connectors.errors import Declined, ObjectUnknown, Refused, RequestInvalid, UnexpectedShape
from connectors.gateways.stripe import invoices, sdk
from connectors.gateways.stripe.act import StripeActor
from connectors.gateways.stripe.states import coupon_ids, invoice_state, subscription_state
from connectors.money import Money
from connectors.outcomes import Done, LookedUp, Outcome
from connectors.states import CustomerState, InvoiceState, SubscriptionState
from tests.connectors.conftest import Till
from tests.connectors.stripe_scene import ADDRESS, COUPON, asked


def perform(actor: StripeActor, action: Action) -> Outcome:
    return actor.perform(action, idempotency_key=f"cf_{action.request_id}")


def found(actor: StripeActor, action: Action) -> LookedUp | None:
    return actor.look_up(action, idempotency_key=f"cf_{action.request_id}")


def subscription(actor: StripeActor, wanted: str) -> SubscriptionState:
    state = actor.state_of("subscription", wanted)
    assert isinstance(state, SubscriptionState)
    return state


def begun(till: Till, **known: str) -> str:
    return str(till.subscribe(**known)["id"])


def waiting(till: Till, of: str) -> list[int]:
    """Amounts of the invoice items that wait because of a subscription."""
    listed = till.every("/v1/invoiceitems")
    return [one["amount"] for one in listed if one["parent"]["subscription_details"]["subscription"] == of]


def test_a_new_subscription_is_paid_at_once_and_carries_the_request(actor: StripeActor, till: Till) -> None:
    price = till.price("month")
    wanted = asked("create_subscription", till.payer(), price_id=price, quantity=3)
    done = perform(actor, wanted)
    assert isinstance(done, Done)
    made = till.get(f"/v1/subscriptions/{done.gateway_reference}")
    assert (made["status"], made["items"]["data"][0]["quantity"]) == ("active", 3)
    assert made["metadata"] == {"counterfoil_request_id": wanted.request_id, "counterfoil_reason": wanted.reason_code}
    invoice = till.get(f"/v1/invoices/{made['latest_invoice']}")
    assert (invoice["status"], invoice["total"]) == ("paid", 3 * made["items"]["data"][0]["price"]["unit_amount"])
    state = subscription(actor, done.gateway_reference)
    assert (state.status, state.price_id, state.customer_id) == ("active", price, wanted.object_id)


def test_a_subscription_that_has_ended_since_was_made_all_the_same(actor: StripeActor, till: Till) -> None:
    wanted = asked("create_subscription", till.payer(), price_id=till.price("month"))
    done = perform(actor, wanted)
    assert isinstance(done, Done)
    perform(actor, asked("cancel_subscription", done.gateway_reference, at_period_end=False))
    assert found(actor, wanted) == done


def test_what_a_subscription_needs_and_is_not_there_is_refused(actor: StripeActor, till: Till) -> None:
    with pytest.raises(ObjectUnknown, match="No such price"):
        perform(actor, asked("create_subscription", till.payer(), price_id="price_none"))
    bare = str(till.post("/v1/customers", {"email": "bare@example.com"})["id"])
    wanted = asked("create_subscription", bare, price_id=till.price("month"))
    with pytest.raises(Refused, match="default payment method") as raised:
        perform(actor, wanted)
    assert type(raised.value) is Refused
    assert found(actor, wanted) is None
    yen = next(one for one in till.every("/v1/prices", currency="jpy", type="recurring"))
    with pytest.raises(RequestInvalid, match="combine currencies"):
        perform(actor, asked("create_subscription", till.payer(), price_id=yen["id"]))


def test_a_first_invoice_that_is_declined_leaves_no_subscription(actor: StripeActor, till: Till) -> None:
    method = till.get(f"/v1/charges/{till.refusing('0341')}")["payment_method"]
    customer = till.get(f"/v1/payment_methods/{method}")["customer"]
    usual = till.get(f"/v1/customers/{customer}")["invoice_settings"]["default_payment_method"]
    till.post(f"/v1/customers/{customer}", {"invoice_settings[default_payment_method]": method})
    wanted = asked("create_subscription", customer, price_id=till.price("month"))
    before = till.shop.control("GET", "summary")
    with pytest.raises(Declined):
        perform(actor, wanted)
    till.post(f"/v1/customers/{customer}", {"invoice_settings[default_payment_method]": usual or ""})
    after = till.shop.control("GET", "summary")
    assert {kind: after[kind] for kind in ("subscription", "invoice", "balance_transaction")} == {
        kind: before[kind] for kind in ("subscription", "invoice", "balance_transaction")
    }
    assert found(actor, wanted) is None


@pytest.mark.parametrize("is_prorated", [True, False])
def test_a_subscription_ends_now_with_or_without_a_credit(actor: StripeActor, till: Till, is_prorated: bool) -> None:
    wanted = asked("cancel_subscription", begun(till), at_period_end=False, is_prorated=is_prorated)
    done = perform(actor, wanted)
    assert isinstance(done, Done)
    assert subscription(actor, wanted.object_id).status == "cancelled"
    assert perform(actor, replace(wanted, request_id="req_again")) == replace(done, at=done.at)
    credits = waiting(till, wanted.object_id)
    assert len(credits) == int(is_prorated)
    assert all(amount < 0 for amount in credits)


def test_ending_later_is_not_ending_now(actor: StripeActor, till: Till) -> None:
    later = asked("cancel_subscription", begun(till))
    perform(actor, later)
    assert subscription(actor, later.object_id).is_cancel_at_period_end
    now = asked("cancel_subscription", later.object_id, at_period_end=False)
    assert found(actor, now) is None
    perform(actor, now)
    assert isinstance(found(actor, later), Done)


def test_the_end_of_a_paid_period_leaves_nothing_to_credit(actor: StripeActor, till: Till) -> None:
    with pytest.raises(RequestInvalid, match="no unused part"):
        perform(actor, asked("cancel_subscription", begun(till), is_prorated=True))


def test_a_cancellation_is_taken_back(actor: StripeActor, till: Till) -> None:
    wanted = begun(till, **{"items[0][quantity]": "2"})
    perform(actor, asked("cancel_subscription", wanted))
    perform(actor, asked("pause_subscription", wanted))
    perform(actor, asked("resume_subscription", wanted))
    state = subscription(actor, wanted)
    assert (state.is_cancel_at_period_end, state.is_paused, state.status) == (False, False, "active")


def test_a_cancellation_in_the_customer_portal_is_seen_and_taken_back(actor: StripeActor, till: Till) -> None:
    wanted = begun(till)
    end = till.get(f"/v1/subscriptions/{wanted}")["items"]["data"][0]["current_period_end"]
    later = till.post(f"/v1/subscriptions/{wanted}", {"cancel_at": str(end + 86_400)})
    assert (later["cancel_at_period_end"], later["cancel_at"]) == (False, end + 86_400)
    assert subscription(actor, wanted).is_cancel_at_period_end
    assert found(actor, asked("cancel_subscription", wanted)) is None
    till.post(f"/v1/subscriptions/{wanted}", {"cancel_at": str(end)})
    assert isinstance(found(actor, asked("cancel_subscription", wanted)), Done)
    perform(actor, asked("resume_subscription", wanted))
    assert not subscription(actor, wanted).is_cancel_at_period_end
    assert till.get(f"/v1/subscriptions/{wanted}")["cancel_at"] is None


@pytest.mark.parametrize("name", ["change_plan", "pause_subscription", "resume_subscription", "apply_coupon"])
def test_what_has_ended_cannot_be_changed(actor: StripeActor, till: Till, name: str) -> None:
    wanted = begun(till)
    perform(actor, asked("cancel_subscription", wanted, at_period_end=False))
    details: dict[str, dict[str, Any]] = {
        "change_plan": {"price_id": till.price("month", nth=1)},
        "apply_coupon": {"coupon_id": COUPON},
    }
    action = asked(name, wanted, **details.get(name, {}))
    with pytest.raises(Refused):
        perform(actor, action)
    assert found(actor, action) is None


@pytest.mark.parametrize("is_prorated", [True, False])
def test_another_price_keeps_the_quantity_and_credits_only_where_asked(
    actor: StripeActor, till: Till, is_prorated: bool
) -> None:
    wanted = begun(till, **{"items[0][quantity]": "4"})
    price = till.price("month", nth=2)
    perform(actor, asked("change_plan", wanted, price_id=price, is_prorated=is_prorated))
    item = till.get(f"/v1/subscriptions/{wanted}")["items"]["data"][0]
    assert (item["price"]["id"], item["quantity"]) == (price, 4)
    assert len(waiting(till, wanted)) == (2 if is_prorated else 0)


def test_another_interval_is_billed_once(actor: StripeActor, till: Till) -> None:
    wanted = begun(till)
    first = till.get(f"/v1/subscriptions/{wanted}")["latest_invoice"]
    action = asked("change_plan", wanted, price_id=till.price("year"))
    perform(actor, action)
    perform(actor, replace(action, request_id="req_again"))
    invoices_of = till.every("/v1/invoices", subscription=wanted)
    assert len(invoices_of) == 2
    assert {one["status"] for one in invoices_of} == {"paid"}
    assert first in [one["id"] for one in invoices_of]


def test_the_price_that_is_there_already_changes_nothing(actor: StripeActor, till: Till) -> None:
    wanted = begun(till)
    events = len(till.every("/v1/events"))
    assert isinstance(perform(actor, asked("change_plan", wanted, price_id=till.price("month"))), Done)
    assert len(till.every("/v1/events")) == events


def test_an_unknown_price_changes_nothing(actor: StripeActor, till: Till) -> None:
    wanted = begun(till)
    with pytest.raises(ObjectUnknown):
        perform(actor, asked("change_plan", wanted, price_id="price_none"))
    assert subscription(actor, wanted).price_id == till.price("month")


def test_a_subscription_with_several_prices_is_left_to_the_dashboard() -> None:
    two = {"id": "sub_1", "status": "active", "items": {"data": [{"id": "si_1"}, {"id": "si_2"}], "has_more": False}}
    assert subscription_state("stripe/eu", two).price_id is None


def test_a_pause_without_a_method_is_not_resumed_here(actor: StripeActor, till: Till) -> None:
    paused = {"id": "sub_1", "status": "paused", "items": {"data": [], "has_more": False}, "pause_collection": None}
    assert subscription_state("stripe/eu", paused).is_paused


def test_a_coupon_is_added_once_and_the_others_stay(actor: StripeActor, till: Till) -> None:
    wanted = begun(till)
    for coupon in (COUPON, "FRUEHLING", COUPON):
        perform(actor, asked("apply_coupon", wanted, coupon_id=coupon))
    assert subscription(actor, wanted).coupon_ids == (COUPON, "FRUEHLING")
    perform(actor, asked("remove_coupon", wanted))
    assert subscription(actor, wanted).coupon_ids == ()
    assert isinstance(found(actor, asked("remove_coupon", wanted)), Done)


def test_a_coupon_that_was_used_up_since_is_found_by_the_request(actor: StripeActor, till: Till) -> None:
    action = asked("apply_coupon", begun(till), coupon_id=COUPON)
    perform(actor, action)
    till.post(f"/v1/subscriptions/{action.object_id}", {"discounts": ""})
    assert isinstance(found(actor, action), Done)
    assert found(actor, replace(action, request_id="req_other")) is None


def test_an_unknown_coupon_is_refused(actor: StripeActor, till: Till) -> None:
    with pytest.raises(ObjectUnknown, match="No such coupon"):
        perform(actor, asked("apply_coupon", begun(till), coupon_id="NONE"))


@pytest.mark.parametrize(
    ("discounts", "coupons"),
    [
        ([{"id": "di_1", "source": {"coupon": "A", "type": "coupon"}}], ("A",)),
        ([{"id": "di_1", "source": {"coupon": {"id": "A"}, "type": "coupon"}}], ("A",)),
        ([{"id": "di_1", "coupon": {"id": "OLD"}}], ("OLD",)),
        (["di_1"], ("di_1",)),
        ([{"id": "di_1", "source": {"coupon": None, "type": "coupon"}}], ("di_1",)),
        (None, ()),
    ],
)
def test_discounts_of_every_version_name_their_coupon(discounts: Any, coupons: tuple[str, ...]) -> None:
    assert coupon_ids({"discounts": discounts}) == coupons


def owed(till: Till) -> str:
    return str(till.subscribe(collection_method="send_invoice", days_until_due="14")["latest_invoice"])


def invoice(actor: StripeActor, wanted: str) -> InvoiceState:
    state = actor.state_of("invoice", wanted)
    assert isinstance(state, InvoiceState)
    return state


def test_an_open_invoice_is_sent_as_often_as_it_is_asked_for(actor: StripeActor, till: Till) -> None:
    wanted = owed(till)
    assert invoice(actor, wanted).status == "open"
    first, second = asked("send_invoice", wanted), asked("send_invoice", wanted)
    assert found(actor, first) is None
    perform(actor, first)
    assert found(actor, second) is None
    perform(actor, second)
    assert isinstance(found(actor, first), Done)
    sent = till.every("/v1/events", type="invoice.sent")
    assert len([event for event in sent if event["data"]["object"]["id"] == wanted]) == 2


def test_what_cannot_be_sent_or_given_up_is_refused(actor: StripeActor, till: Till) -> None:
    paid = next(one["id"] for one in till.every("/v1/invoices", status="paid"))
    automatic = next(
        one["id"] for one in till.every("/v1/invoices", status="open", collection_method="charge_automatically")
    )
    for action in (asked("send_invoice", paid), asked("send_invoice", automatic), asked("mark_uncollectible", paid)):
        with pytest.raises(Refused, match="invoice does not allow"):
            perform(actor, action)
        assert found(actor, action) is None


def test_an_invoice_that_was_given_up_is_owed_no_more_here(actor: StripeActor, till: Till) -> None:
    wanted = owed(till)
    before = invoice(actor, wanted)
    assert before.remaining is not None
    assert before.remaining.minor > 0
    perform(actor, asked("mark_uncollectible", wanted))
    assert invoice(actor, wanted).status == "uncollectible"
    with pytest.raises(Refused):
        perform(actor, asked("send_invoice", wanted))


def test_too_many_invoices_sent_are_not_looked_through_for_ever(
    actor: StripeActor, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = owed(till)
    perform(actor, asked("send_invoice", first))
    late = asked("send_invoice", first)
    for _ in range(4):
        perform(actor, asked("send_invoice", owed(till)))
    monkeypatch.setattr(sdk, "PAGE_SIZE", 1)
    monkeypatch.setattr(invoices, "MOST_EVENTS", 2)
    with pytest.raises(UnexpectedShape, match="no more are looked through"):
        found(actor, late)


def customer(actor: StripeActor, wanted: str) -> CustomerState:
    state = actor.state_of("customer", wanted)
    assert isinstance(state, CustomerState)
    return state


def new_customer(till: Till) -> str:
    return str(till.post("/v1/customers", {"email": "new@example.com", "address[line2]": "left"})["id"])


def test_the_same_tax_id_spelled_otherwise_is_one(actor: StripeActor, till: Till) -> None:
    wanted = new_customer(till)
    for value in ("DE123456789", " de 123.456.789", "DE123456789"):
        perform(actor, asked("add_tax_id", wanted, tax_id=value))
    perform(actor, asked("add_tax_id", wanted, tax_id="GB123456789", tax_id_type="gb_vat"))
    assert sorted(customer(actor, wanted).tax_ids) == ["DE123456789", "GB123456789"]


def test_what_is_no_tax_id_is_refused(actor: StripeActor, till: Till) -> None:
    with pytest.raises(RequestInvalid, match="tax id"):
        perform(actor, asked("add_tax_id", new_customer(till), tax_id="12345"))


def test_an_address_is_replaced_as_a_whole(actor: StripeActor, till: Till) -> None:
    wanted = new_customer(till)
    perform(actor, asked("change_address", wanted, **ADDRESS))
    address = till.get(f"/v1/customers/{wanted}")["address"]
    assert address == {**ADDRESS, "line2": None, "state": None}
    assert isinstance(found(actor, asked("change_address", wanted, **{**ADDRESS, "country": "de"})), Done)
    assert found(actor, asked("change_address", wanted, **{**ADDRESS, "line2": "2nd floor"})) is None


def test_a_deleted_customer_is_not_changed(actor: StripeActor, till: Till) -> None:
    gone = till.deleted()
    assert customer(actor, gone).is_deleted
    for action in (asked("change_address", gone, **ADDRESS), asked("add_tax_id", gone, tax_id="DE123456789")):
        with pytest.raises(ObjectUnknown):
            perform(actor, action)
        assert found(actor, action) is None


@pytest.mark.parametrize(
    "change", [{"amount_remaining": 10.5}, {"amount_remaining": None}, {"currency": "zzz"}, {"status": ...}]
)
def test_an_invoice_with_an_impossible_amount_is_not_rounded_into_one(change: dict[str, Any]) -> None:
    good: dict[str, Any] = {"id": "in_1", "status": "open", "amount_remaining": 500, "currency": "isk"}
    assert invoice_state("stripe/eu", good).remaining == Money(5, "ISK")
    bad = {name: value for name, value in {**good, **change}.items() if value is not ...}
    with pytest.raises(UnexpectedShape):
        invoice_state("stripe/eu", bad)
