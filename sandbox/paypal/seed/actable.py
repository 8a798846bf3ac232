"""What agents can act on beyond refunds: payments whose method is stored, holds, subscriptions, open invoices."""

from sandbox.paypal import shapes
from sandbox.paypal.ledger import row
from sandbox.paypal.money import counted, money
from sandbox.paypal.seed.contracts import invoice, subscribe
from sandbox.paypal.seed.ground import Ground
from sandbox.paypal.seed.people import Payer
from sandbox.paypal.seed.sales import hold, some_items, take
from sandbox.paypal.store import Entry
from sandbox.stripe.clock import DAY
from sandbox.stripe.wire import Json

FIRST = 5_000
"""Numbers of orders and invoices from here on are this file's."""
STORED = 12
DECLINING = {4: "card", 5: "paypal"}
SUBSCRIPTIONS = 6
CARDS = [("VISA", "7704"), ("MASTERCARD", "4444"), ("AMEX", "0005")]


def actable(ground: Ground, payers: list[Payer], catalogue: dict[tuple[str, str], Json]) -> None:
    """All of it, for payers in euro."""
    euro = [payer for payer in payers if payer.currency == "EUR"]
    for number in range(STORED):
        _stored(ground, euro[number % len(euro)], number)
    for number in range(4):
        held = _recent_hold(ground, euro[number % len(euro)], FIRST + 100 + number)
        if number == 3:
            _take_a_third(ground, held)
    for number in range(SUBSCRIPTIONS):
        _subscription(ground, euro[number % len(euro)], catalogue["Studio", "EUR"], number)
    _unapproved(ground, catalogue["Studio", "EUR"])
    _yearly_plan(ground, catalogue["Studio", "EUR"])
    for number in (1, 2, 4, 8, 15):
        invoice(ground, euro[number % len(euro)], FIRST + number)


def _stored(ground: Ground, payer: Payer, number: int) -> None:
    """A payment whose method PayPal keeps in its vault; the tokens of DECLINING will be declined."""
    source = "card" if number % 2 == 0 else "paypal"
    at = ground.moment(ground.end - 60 * DAY, ground.end - 2 * DAY)
    if number % 4 == 3:
        entry = _recent_hold(ground, payer, FIRST + number)
    else:
        entry = take(ground, payer, at, some_items(ground, payer), FIRST + number)
    order = next(one for one in ground.every("order") if one.wanted == entry.hidden["order"])
    token = ground.new_id("vault")
    shown = _card(payer, number) if source == "card" else _wallet(payer)
    hidden = {"source": source, "payer": payer.info, "declines": number in DECLINING}
    ground.add("vault", token, entry.at, shown, **hidden)
    vault = {"id": token, "status": "VAULTED", "customer": {"id": f"cus{number:07d}"}}
    order.shown["payment_source"] = {source: {**shown, "attributes": {"vault": vault}}}


def _card(payer: Payer, number: int) -> Json:
    brand, digits = CARDS[number // 2 % len(CARDS)]
    return {"name": payer.name, "brand": brand, "last_digits": digits, "type": "CREDIT", "expiry": "2029-08"}


def _wallet(payer: Payer) -> Json:
    names = payer.info["payer_name"]
    return {
        "email_address": payer.info["email_address"],
        "account_id": payer.info["account_id"],
        "account_status": "VERIFIED",
        "name": {"given_name": names["given_name"], "surname": names["surname"]},
    }


def _recent_hold(ground: Ground, payer: Payer, number: int) -> Entry:
    at = ground.moment(ground.end - 10 * DAY, ground.end - 7_200)
    return hold(ground, payer, at, some_items(ground, payer), number)


def _take_a_third(ground: Ground, held: Entry) -> None:
    """A capture that leaves the rest held."""
    whole, currency = counted(held.shown["amount"]), held.shown["amount"]["currency_code"]
    amount, at = whole // 3, held.at + 3_600
    held.hidden["captured"] = amount
    held.shown.update(status="PARTIALLY_CAPTURED", update_time=shapes.iso(at))
    wanted, fee = ground.new_id("payment"), amount * 3 // 100
    made = shapes.capture(wanted, at, amount, fee, currency, held.hidden["order"])
    made["final_capture"] = False
    made["supplementary_data"]["related_ids"]["authorization_id"] = held.wanted
    made["links"][-1] = shapes.link(f"/v2/payments/authorizations/{held.wanted}", "up")
    payer = held.hidden["payer"]
    ground.add("capture", wanted, at, made, refunded=0, payer=payer, order=held.hidden["order"])
    info = {"paypal_reference_id": held.wanted, "paypal_reference_id_type": "TXN"}
    ground.keep(row(wanted, at, "T0006", amount, currency, fee=-fee, payer=payer, info=info))


def _subscription(ground: Ground, payer: Payer, plan: Json, number: int) -> None:
    """Active ones of wallets and cards, and one that is suspended."""
    # The numbers decide what becomes of them: 14 is suspended, 12 stays active.
    subscribe(ground, plan, payer, 14 if number == 4 else 12)
    made = ground.every("subscription")[-1]
    if number % 2:
        made.hidden["by_card"] = True
        made.shown["subscriber"]["payment_source"] = {"card": _card(payer, number)}


def _unapproved(ground: Ground, plan: Json) -> None:
    """One that its payer has not approved; PayPal does not know yet who that will be."""
    wanted, at = ground.new_id("subscription"), ground.end - DAY
    shown = {
        "id": wanted,
        "status": "APPROVAL_PENDING",
        "status_update_time": shapes.iso(at),
        "plan_id": plan["id"],
        "start_time": shapes.iso(at),
        "quantity": "1",
        "create_time": shapes.iso(at),
        "update_time": shapes.iso(at),
        "links": [shapes.link(f"/v1/billing/subscriptions/{wanted}")],
    }
    ground.add("subscription", wanted, at, shown)
    ground.tell("BILLING.SUBSCRIPTION.CREATED", "subscription", at, shown)


def _yearly_plan(ground: Ground, monthly: Json) -> None:
    """Another plan of the same product, to change to."""
    price = counted(monthly["billing_cycles"][0]["pricing_scheme"]["fixed_price"])
    cycle = {
        **monthly["billing_cycles"][0],
        "pricing_scheme": {"version": 1, "fixed_price": money(price * 10, "EUR")},
        "frequency": {"interval_unit": "YEAR", "interval_count": 1},
    }
    wanted, at = ground.new_id("plan"), ground.start
    links = [shapes.link(f"/v1/billing/plans/{wanted}")]
    times = {"create_time": shapes.iso(at), "update_time": shapes.iso(at)}
    shown = {**monthly, "id": wanted, "name": "Studio, yearly", "billing_cycles": [cycle], **times, "links": links}
    ground.add("plan", wanted, at, shown)
