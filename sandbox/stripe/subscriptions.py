"""What can be done to a subscription: end it now or later, and its metadata."""

from sandbox.stripe import params as reading
from sandbox.stripe.errors import Refused, no_such
from sandbox.stripe.operations import Execute
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json


def prepare_update(params: Json, ids: list[str]) -> Execute:
    """POST /v1/subscriptions/{id}: cancel_at_period_end and metadata."""
    reading.only(params, {"cancel_at_period_end", "cancellation_details", "metadata", "expand"})
    is_ending = reading.boolean(params, "cancel_at_period_end")

    def execute(tx: Transaction) -> Json:
        subscription = _alive(tx, ids[0])
        before = {name: subscription[name] for name in ("cancel_at_period_end", "cancel_at", "metadata")}
        subscription["metadata"] = reading.metadata(params, subscription["metadata"])
        if is_ending is not None:
            _end_later(subscription, is_ending, tx.store.clock.now())
        tx.put("subscription", subscription)
        tx.say("customer.subscription.updated", subscription, before)
        return subscription

    return execute


def prepare_cancel(params: Json, ids: list[str]) -> Execute:
    """DELETE /v1/subscriptions/{id}: at once."""
    reading.only(params, {"cancellation_details", "invoice_now", "prorate", "expand"})

    def execute(tx: Transaction) -> Json:
        subscription = _alive(tx, ids[0])
        now = tx.store.clock.now()
        subscription.update(status="canceled", canceled_at=now, ended_at=now)
        subscription["cancellation_details"]["reason"] = "cancellation_requested"
        tx.put("subscription", subscription)
        tx.say("customer.subscription.deleted", subscription)
        return subscription

    return execute


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
