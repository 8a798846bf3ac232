"""The words for what stands on the customers' page: states, kinds and periods, as catalogues translate them."""

from __future__ import annotations

from connectors.money import Money
from counterfoil.languages import Tongue
from dashboards.panel.saying import Message, marked
from warehouse.reads.charges import Charge
from warehouse.reads.subscriptions import Subscription

DOCUMENT_KINDS = {
    "invoice": marked("Invoice"),
    "receipt": marked("Receipt"),
    "credit_note": marked("Credit note"),
}
_CHARGE_STATES = {
    "succeeded": marked("Paid"),
    "pending": marked("Being paid: the bank has not confirmed it yet"),
    "authorized": marked("Reserved, not charged"),
    "voided": marked("Reserved and released, not charged"),
    "failed": marked("Did not go through, nothing was charged"),
}
_ALL_BACK = marked("Refunded")
_PART_BACK = marked("Partly refunded")
_DISPUTED = marked("Disputed with the bank")
_REFUND_STATES = {
    "succeeded": marked("{amount} were given back"),
    "failed": marked("{amount} could not be given back yet; we look after it"),
    "canceled": marked("A refund of {amount} was called off"),
}
_REFUND_PENDING = marked("{amount} are on their way back to you")
_SUBSCRIPTION_STATES = {
    "active": marked("Active"),
    "trialing": marked("Trial"),
    "past_due": marked("Payment is overdue"),
    "unpaid": marked("Payment is overdue"),
    "paused": marked("Paused"),
    "incomplete": marked("Not yet paid"),
    "future": marked("Begins later"),
}
_ENDED = marked("Ended")
GONE = frozenset({"cancelled", "canceled", "expired", "ended", "incomplete_expired", "completed"})
WISHES = {
    "cancel_subscription": marked("Cancel the subscription"),
    "add_tax_id": marked("Your tax id"),
    "change_address": marked("Your billing address"),
}
NO_WISH = marked("Not possible")
ANY_PURCHASE = marked("Payment")
ANY_SUBSCRIPTION = marked("Subscription")


def charge_state(charge: Charge, tongue: Tongue) -> str:
    """What became of a charge, in a few words."""
    if charge.refunded.minor:
        is_all = charge.refunded.minor >= charge.captured.minor
        return say(tongue, _ALL_BACK if is_all else _PART_BACK)
    if charge.is_disputed:
        return say(tongue, _DISPUTED)
    return say(tongue, _CHARGE_STATES.get(charge.status, _CHARGE_STATES["pending"]))


def refund_state(amount: Money, status: str, tongue: Tongue) -> str:
    """What became of a refund; nobody is told "given back" before the gateway says so."""
    message = _REFUND_STATES.get(status, _REFUND_PENDING)
    return say(tongue, message, amount=tongue.money(amount.decimal(), amount.currency))


def subscription_state(status: str, tongue: Tongue) -> str:
    """How a subscription stands."""
    return say(tongue, _ENDED if status in GONE else _SUBSCRIPTION_STATES.get(status, _SUBSCRIPTION_STATES["active"]))


def price_of(subscription: Subscription, tongue: Tongue) -> str:
    """What it costs and how often: "19.00 € every 3 months"; empty where the gateway does not tell."""
    if subscription.amount is None:
        return ""
    amount = tongue.money(subscription.amount.decimal(), subscription.amount.currency)
    return _every(subscription.interval or "", subscription.interval_count, amount, tongue)


def _every(interval: str, count: int, amount: str, tongue: Tongue) -> str:
    plural = tongue.words.ngettext
    text = {
        "day": plural("{amount} every day", "{amount} every {n} days", count),
        "week": plural("{amount} every week", "{amount} every {n} weeks", count),
        "month": plural("{amount} every month", "{amount} every {n} months", count),
        "year": plural("{amount} every year", "{amount} every {n} years", count),
    }.get(interval, "{amount}")
    return text.format(amount=amount, n=count)


def say(tongue: Tongue, message: Message, **values: object) -> str:
    """A sentence in a language."""
    return tongue.words.gettext(message).format(**values)
