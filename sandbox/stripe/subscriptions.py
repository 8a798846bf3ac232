"""What can be done to a subscription: ended now or later, moved to another price, paused, discounted."""

from dataclasses import dataclass
from typing import Any

from sandbox.stripe import params as reading
from sandbox.stripe.discounts import apply_discounts
from sandbox.stripe.errors import Declined, Invalid, Refused, no_such
from sandbox.stripe.invoices import Bill, bill
from sandbox.stripe.operations import Execute
from sandbox.stripe.prorations import credit_unused, prorate
from sandbox.stripe.shapes.catalog import plan
from sandbox.stripe.subscribing import period, recurring_price
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json

KNOWN = {
    *("cancel_at_period_end", "cancellation_details", "metadata", "expand", "items", "proration_behavior"),
    *("payment_behavior", "off_session", "pause_collection", "discounts", "cancel_at"),
}
PRORATIONS = ("always_invoice", "create_prorations", "none")
PAUSES = ("keep_as_draft", "mark_uncollectible", "void")
SHOWN = ("cancel_at_period_end", "cancel_at", "metadata", "pause_collection", "discounts")


@dataclass(frozen=True)
class Move:
    """To another price: of which item, and whether the difference is counted."""

    item: str
    price: str
    quantity: int
    is_prorated: bool


def prepare_update(params: Json, ids: list[str]) -> Execute:
    """POST /v1/subscriptions/{id}."""
    reading.only(params, KNOWN)
    is_ending = reading.boolean(params, "cancel_at_period_end")
    move, pause = _move(params), _pause(params)

    def execute(tx: Transaction) -> Json:
        subscription = _alive(tx, ids[0])
        before = {name: subscription[name] for name in SHOWN}
        subscription["metadata"] = reading.metadata(params, subscription["metadata"])
        if is_ending is not None:
            _end_later(subscription, is_ending, tx.store.clock.now())
        if "cancel_at" in params:
            # As the customer portal does it in flexible billing mode: only the time is set.
            subscription["cancel_at"] = None if params["cancel_at"] == "" else reading.integer(params, "cancel_at")
            subscription["canceled_at"] = None if params["cancel_at"] == "" else tx.store.clock.now()
        if "pause_collection" in params:
            subscription["pause_collection"] = pause
        if "discounts" in params:
            apply_discounts(tx, subscription, params["discounts"])
        if move is not None:
            before["items"] = subscription["items"]["data"]
            _move_to(tx, subscription, move)
        tx.put("subscription", subscription)
        tx.say("customer.subscription.updated", subscription, before)
        return subscription

    return execute


def prepare_cancel(params: Json, ids: list[str]) -> Execute:
    """DELETE /v1/subscriptions/{id}: at once."""
    reading.only(params, {"cancellation_details", "invoice_now", "prorate", "expand"})
    is_prorated = reading.boolean(params, "prorate")

    def execute(tx: Transaction) -> Json:
        subscription = tx.get("subscription", ids[0])
        if subscription is None or subscription["status"] == "canceled":
            # Stripe says so of one that was canceled before, too.
            raise no_such("subscription", ids[0])
        now = tx.store.clock.now()
        if is_prorated:
            credit_unused(tx, subscription, now)
        subscription.update(status="canceled", canceled_at=now, ended_at=now)
        subscription["cancellation_details"]["reason"] = "cancellation_requested"
        tx.put("subscription", subscription)
        tx.say("customer.subscription.deleted", subscription)
        return subscription

    return execute


def _move(params: Json) -> Move | None:
    items, behavior = params.get("items"), reading.string(params, "proration_behavior")
    if behavior not in (None, *PRORATIONS):
        raise Invalid(f"Invalid proration_behavior: must be one of {', '.join(PRORATIONS)}", param="proration_behavior")
    if items is None:
        return None
    if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], dict):
        raise Invalid("The sandbox takes exactly one of items.", param="items")
    item, price = reading.string(items[0], "id"), reading.string(items[0], "price")
    if item is None or price is None:
        raise Invalid("The sandbox changes the price of the item that is there.", param="items[0][id]")
    # When an item's price changes and no quantity is sent, Stripe sets it to 1.
    quantity = reading.integer(items[0], "quantity", least=1) or 1
    return Move(item, price, quantity, behavior != "none")


def _pause(params: Json) -> Json | None:
    sent: Any = params.get("pause_collection")
    if sent in (None, ""):
        return None
    if not isinstance(sent, dict) or sent.get("behavior") not in PAUSES:
        message = f"Invalid pause_collection[behavior]: must be one of {', '.join(PAUSES)}"
        raise Invalid(message, param="pause_collection[behavior]")
    return {"behavior": sent["behavior"], "resumes_at": reading.integer(sent, "resumes_at")}


def _move_to(tx: Transaction, subscription: Json, move: Move) -> None:
    item = subscription["items"]["data"][0]
    if item["id"] != move.item:
        raise no_such("subscription_item", move.item, param="items[0][id]", status=400)
    price = recurring_price(tx, move.price, subscription["currency"], "items[0][price]")
    now = tx.store.clock.now()
    is_same_interval = price["recurring"]["interval"] == item["price"]["recurring"]["interval"]
    if move.is_prorated and subscription["status"] != "trialing":
        prorate(tx, subscription, price, move.quantity, now, is_whole_period=not is_same_interval)
    item.update(price=price, plan=plan(price), quantity=move.quantity)
    if not is_same_interval and subscription["status"] != "trialing":
        _bill_anew(tx, subscription, price, now)


def _bill_anew(tx: Transaction, subscription: Json, price: Json, now: int) -> None:
    """Another interval begins a period now, which is paid now, or nothing is changed."""
    begins, ends = period(price, now)
    subscription["items"]["data"][0].update(current_period_start=begins, current_period_end=ends)
    subscription["billing_cycle_anchor"] = now
    customer = tx.get("customer", subscription["customer"])
    if customer is None:
        raise no_such("customer", subscription["customer"], param="customer", status=400)
    method = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    by_hand = subscription["collection_method"] == "send_invoice"
    try:
        bill(tx, Bill(subscription, customer, "subscription_update", None if by_hand else method))
    except Declined:
        tx.forget()
        raise


def _end_later(subscription: Json, is_ending: bool, now: int) -> None:
    end = subscription["items"]["data"][0]["current_period_end"]
    subscription["cancel_at_period_end"] = is_ending
    subscription["cancel_at"] = end if is_ending else None
    subscription["canceled_at"] = now if is_ending else None
    subscription["cancellation_details"]["reason"] = "cancellation_requested" if is_ending else None


def _alive(tx: Transaction, wanted: str) -> Json:
    subscription = tx.get("subscription", wanted)
    if subscription is None:
        raise no_such("subscription", wanted)
    if subscription["status"] == "canceled":
        message = "A canceled subscription can only update its cancellation_details and metadata."
        raise Refused(message, param="id")
    return subscription
