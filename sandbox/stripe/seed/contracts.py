"""Subscriptions, billed period by period; declines are tried again three days later."""

from sandbox.stripe.clock import DAY
from sandbox.stripe.periods import months_later
from sandbox.stripe.seed.billing import Item, Terms, bill, terms_for
from sandbox.stripe.seed.goods import PLANS, Goods
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.seed.people import Person
from sandbox.stripe.seed.sales import Sale, decline, intend, settle_invoice, take
from sandbox.stripe.shapes import catalog
from sandbox.stripe.shapes import subscription as shapes
from sandbox.stripe.wire import Json

DECLINE_RATE = 0.03
TRIAL_DAYS = 14


def subscribe(ground: Ground, goods: Goods, person: Person, number: int) -> Json:
    """A subscription with all its invoices; every 9th yearly, some canceled, ending or on trial."""
    interval = "year" if number % 9 == 4 else "month"
    price = goods.prices[ground.rng.choice(sorted(PLANS)), person.place.currency, interval]
    span = ground.end - ground.start
    begun = max(person.customer["created"], ground.start) + ground.rng.randrange(span * 2 // 5)
    if number % 25 == 7:
        begun = ground.end - ground.rng.randrange(2 * DAY, 10 * DAY)
    quantity = ground.rng.choice([1, 1, 1, 2, 5])
    wanted = ground.new_id("subscription")
    item = shapes.item(ground.new_id("subscription_item"), begun, wanted, price, quantity, (begun, begun))
    made = shapes.subscription(wanted, begun, person.customer["id"], item)
    made["default_payment_method"] = person.instrument.wanted
    terms = _terms(ground, goods, person, made, number)
    made["default_tax_rates"] = [rate for rate, _ in terms.rates]
    ground.add("subscription", made)
    _run(ground, goods, person, made, terms, number)
    return made


def _terms(ground: Ground, goods: Goods, person: Person, subscription: Json, number: int) -> Terms:
    # Amounts in Kuwaiti dinar must end in 0, so nothing is taken off them.
    if number % 6 != 2 or person.place.currency == "kwd":
        return terms_for(goods, person)
    coupon = goods.coupons[1]
    coupon["times_redeemed"] += 1
    wanted = ground.new_id("discount")
    subscription["discounts"] = [wanted]
    ground.add("discount", catalog.discount(wanted, subscription["created"], subscription, coupon["id"]))
    return terms_for(goods, person, coupon["percent_off"], wanted)


def _run(ground: Ground, goods: Goods, person: Person, made: Json, terms: Terms, number: int) -> None:
    item = made["items"]["data"][0]
    step = 12 if item["price"]["recurring"]["interval"] == "year" else 1
    begun = made["created"]
    if number % 25 == 7:
        made.update(status="trialing", trial_start=begun, trial_end=begun + TRIAL_DAYS * DAY)
        item.update(current_period_start=begun, current_period_end=begun + TRIAL_DAYS * DAY)
        return
    stop = begun + ground.rng.randrange(60, 300) * DAY if number % 5 == 3 else None
    count = 0
    while True:
        first, last = months_later(begun, count * step), months_later(begun, (count + 1) * step)
        if first >= ground.end - 7_200 or (stop is not None and first >= stop):
            break
        item.update(current_period_start=first, current_period_end=last)
        is_paid = _period(ground, goods, person, made, terms, (first, last), is_first=count == 0)
        count += 1
        if not is_paid:
            made["status"] = "past_due"
            return
    _close(ground, made, stop, number)


def _close(ground: Ground, made: Json, stop: int | None, number: int) -> None:
    item = made["items"]["data"][0]
    if stop is not None and item["current_period_end"] < ground.end:
        ended = item["current_period_end"]
        made.update(status="canceled", canceled_at=min(stop, ended), ended_at=ended)
        made["cancellation_details"]["reason"] = "cancellation_requested"
    elif number % 11 == 6:
        made.update(cancel_at_period_end=True, cancel_at=item["current_period_end"])
        made.update(canceled_at=max(made["created"], ground.end - 3 * DAY))
        made["cancellation_details"].update(feedback="too_expensive", reason="cancellation_requested")


def _period(
    ground: Ground,
    goods: Goods,
    person: Person,
    made: Json,
    terms: Terms,
    period: tuple[int, int],
    *,
    is_first: bool,
) -> bool:
    item = made["items"]["data"][0]
    price = item["price"]
    parent = {
        "invoice_item_details": None,
        "subscription_item_details": {
            "invoice_item": None,
            "proration": False,
            "proration_details": {"credited_items": None},
            "subscription": made["id"],
            "subscription_item": item["id"],
        },
        "type": "subscription_item_details",
    }
    name = goods.names[price["product"]]
    text = f"{item['quantity']} × {name} ({price['recurring']['interval']}ly)"
    line = Item(text, price, item["quantity"], period, parent)
    details = {"metadata": {}, "subscription": made["id"]}
    invoice = bill(
        ground,
        person,
        period[0],
        [line],
        terms,
        billing_reason="subscription_create" if is_first else "subscription_cycle",
        parent={"quote_details": None, "subscription_details": details, "type": "subscription_details"},
    )
    made["latest_invoice"] = invoice["id"]
    text = "Subscription creation" if is_first else "Subscription update"
    return collect(ground, person, invoice, text, can_decline=not is_first)


def collect(ground: Ground, person: Person, invoice: Json, text: str, *, can_decline: bool) -> bool:
    """Pay an invoice with the customer's card; whether it was paid in the end."""
    sale = Sale(person, invoice["total"], text, {}, invoice["id"])
    when = invoice["created"]
    intent = intend(ground, sale, when)
    if can_decline and ground.rng.random() < DECLINE_RATE:
        decline(ground, sale, intent, min(when + 3_600, ground.end - 2))
        when += 3 * DAY
        invoice["attempt_count"] = 2
        if when >= ground.end or ground.rng.random() < 0.2:
            invoice.update(next_payment_attempt=ground.end + 2 * DAY)
            settle_invoice(ground, invoice, intent, None)
            person.customer["delinquent"] = True
            return False
    paid_at = when + 3_601
    take(ground, sale, intent, paid_at)
    settle_invoice(ground, invoice, intent, paid_at)
    return True
