"""POST /v1/subscriptions: begun, billed and paid in one request."""

from dataclasses import dataclass

from sandbox.stripe import params as reading
from sandbox.stripe.errors import Declined, Invalid, Refused, missing_parameter, no_such
from sandbox.stripe.invoices import Bill, bill
from sandbox.stripe.operations import Execute
from sandbox.stripe.periods import months_later
from sandbox.stripe.shapes import subscription as shapes
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json

KNOWN = {
    *("customer", "items", "metadata", "off_session", "payment_behavior", "default_payment_method"),
    *("collection_method", "days_until_due", "trial_period_days", "expand"),
}
BEHAVIORS = ("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete")
DAY = 86_400


@dataclass(frozen=True)
class Wish:
    """A subscription that is right in itself."""

    customer: str
    price: str
    quantity: int
    metadata: dict[str, str]
    must_be_paid: bool
    method: str | None
    is_by_hand: bool
    days_until_due: int
    trial_days: int


def prepare_create(params: Json, _: list[str]) -> Execute:
    """Checks the request; one item only."""
    reading.only(params, KNOWN)
    customer, items = reading.string(params, "customer"), params.get("items")
    if customer is None:
        raise missing_parameter("customer")
    if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], dict):
        raise Invalid("The sandbox takes exactly one of items.", param="items")
    behavior = reading.string(params, "payment_behavior")
    if behavior not in (None, *BEHAVIORS):
        raise Invalid(f"Invalid payment_behavior: must be one of {', '.join(BEHAVIORS)}", param="payment_behavior")
    wish = Wish(
        customer,
        reading.string(items[0], "price") or "",
        reading.integer(items[0], "quantity", least=1) or 1,
        reading.metadata(params, {}),
        behavior == "error_if_incomplete",
        reading.string(params, "default_payment_method"),
        reading.string(params, "collection_method") == "send_invoice",
        reading.integer(params, "days_until_due", least=0) or 30,
        reading.integer(params, "trial_period_days", least=0) or 0,
    )
    return lambda tx: _create(tx, wish)


def recurring_price(tx: Transaction, wanted: str, currency: str | None, param: str) -> Json:
    """A price that can be subscribed to, in the customer's currency."""
    price = tx.get("price", wanted)
    if price is None:
        raise no_such("price", wanted, param=param, status=400)
    if price["recurring"] is None:
        message = (
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`."
        )
        raise Refused(message, param=param)
    if currency is not None and price["currency"] != currency:
        message = (
            "You cannot combine currencies on a single customer. This customer has an active subscription or invoice "
            f"with currency {currency}."
        )
        raise Refused(message, param=param)
    return price


def period(price: Json, begins: int) -> tuple[int, int]:
    """The first period of a price: seconds of its start and end."""
    return begins, months_later(begins, 12 if price["recurring"]["interval"] == "year" else 1)


def _create(tx: Transaction, wish: Wish) -> Json:
    customer = tx.get("customer", wish.customer)
    if customer is None or customer.get("deleted"):
        raise no_such("customer", wish.customer, param="customer", status=400)
    price = recurring_price(tx, wish.price, customer["currency"], "items[0][price]")
    method = wish.method or customer["invoice_settings"]["default_payment_method"] or customer["default_source"]
    if method is None and not wish.is_by_hand:
        # Recorded: it has a code, and no param.
        message = (
            "This customer has no attached payment source or default payment method. Please consider adding a default "
            "payment method. For more information, visit "
            "https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority."
        )
        raise Refused(message, code="resource_missing")
    made = _made(tx, wish, price)
    due_at = made["created"] + wish.days_until_due * DAY if wish.is_by_hand else None
    customer["currency"] = price["currency"]
    tx.put("customer", customer)
    if not wish.trial_days:
        first = Bill(made, customer, "subscription_create", None if wish.is_by_hand else method, due_at)
        _begin(tx, first, must_be_paid=wish.must_be_paid)
    tx.put("subscription", made)
    tx.say("customer.subscription.created", made)
    return made


def _begin(tx: Transaction, first: Bill, *, must_be_paid: bool) -> None:
    try:
        bill(tx, first)
    except Declined:
        if must_be_paid:
            tx.forget()
            raise
        first.subscription["status"] = "incomplete"


def _made(tx: Transaction, wish: Wish, price: Json) -> Json:
    wanted, now = tx.store.new_id("subscription"), tx.store.clock.now()
    span = (now, now + wish.trial_days * DAY) if wish.trial_days else period(price, now)
    item = shapes.item(tx.store.new_id("subscription_item"), now, wanted, price, wish.quantity, span)
    made = shapes.subscription(wanted, now, wish.customer, item)
    made.update(default_payment_method=wish.method, metadata=wish.metadata)
    if wish.is_by_hand:
        made.update(collection_method="send_invoice", days_until_due=wish.days_until_due)
    if wish.trial_days:
        made.update(status="trialing", trial_start=now, trial_end=span[1])
    return made
