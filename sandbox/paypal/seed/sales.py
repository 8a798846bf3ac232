"""Payments: an order with its capture, or a hold, and the rows of the ledger. Amounts in PayPal's smallest units."""

from sandbox.paypal import shapes
from sandbox.paypal.ledger import row
from sandbox.paypal.money import decimals, money
from sandbox.paypal.seed.ground import Ground
from sandbox.paypal.seed.people import Payer
from sandbox.paypal.store import Entry
from sandbox.stripe.clock import DAY
from sandbox.stripe.wire import Json

GOODS = {"Field notebook": 1_890, "Print, A2": 4_500, "Onboarding workshop": 39_000, "Template bundle": 7_900}
FACTORS = {"JPY": 150, "HUF": 400, "TWD": 35}
FEES = {"EUR": (249, 35), "GBP": (290, 30), "JPY": (360, 40), "HUF": (340, 90), "TWD": (440, 10)}


def sell(ground: Ground, payer: Payer, number: int) -> Entry:
    """One sale; some are held, pending, denied, or were pending for a while."""
    at = ground.moment(ground.start, ground.end - 7_200)
    items = some_items(ground, payer)
    if number % 20 == 9:
        return hold(ground, payer, ground.moment(ground.end - 20 * DAY, ground.end - 7_200), items, number)
    if number % 25 == 13:
        return _refused(ground, payer, at, items)
    if number % 30 == 17:
        return _waiting(ground, payer, ground.moment(ground.end - 4 * DAY, ground.end - 7_200), items, number)
    taken = take(ground, payer, at, items, number)
    if number % 30 == 4:
        # It came from a bank account: while it waited it stood in the reports too, under the same id.
        early = row(taken.wanted, at, "T0006", total(items), payer.currency, status="P", moved=False, payer=payer.info)
        ground.keep(early)
    return taken


def take(ground: Ground, payer: Payer, at: int, items: list[Json], number: int) -> Entry:
    """An order that was paid at once."""
    wanted = ground.new_id("payment")
    order = _order(ground, payer, at, items, number, "COMPLETED")
    share, fixed = FEES.get(payer.currency, (349, 49))
    fee = total(items) * share // 10_000 + fixed
    made = shapes.capture(wanted, at, total(items), fee, payer.currency, order)
    made["custom_id"] = f"N-{20_000 + number}"
    is_slow = number % 6 == 2
    taken = ground.add("capture", wanted, at, made, refunded=0, payer=payer.info, order=order, from_bank=is_slow)
    info = {"custom_field": made["custom_id"], "paypal_reference_id": order, "paypal_reference_id_type": "ODR"}
    paid = row(wanted, at, "T0006", total(items), payer.currency, fee=-fee, payer=payer.info, info=info)
    paid.shown["transaction_info"].update(
        sales_tax_amount=money(_tax(items), payer.currency), instrument_type="PAYPAL", protection_eligibility="01"
    )
    paid.shown["cart_info"] = _cart(items, payer.currency)
    ground.keep(paid)
    ground.tell("PAYMENT.CAPTURE.COMPLETED", "capture", at, made)
    return taken


def some_items(ground: Ground, payer: Payer) -> list[Json]:
    """What one payer buys at once."""
    names = ground.rng.sample(sorted(GOODS), ground.rng.choice([1, 1, 2]))
    return [_item(name, payer, ground.rng.choice([1, 1, 1, 2, 3])) for name in names]


def total(items: list[Json]) -> int:
    """The whole of an order, tax included."""
    return sum((item["price"] + item["tax"]) * item["quantity"] for item in items)


def priced(payer: Payer, cents: int) -> int:
    """A price in the payer's currency."""
    whole = cents * FACTORS.get(payer.currency, 1)
    return whole if decimals(payer.currency) else whole // 100


def _tax(items: list[Json]) -> int:
    return sum(int(item["tax"]) * item["quantity"] for item in items)


def _item(name: str, payer: Payer, quantity: int) -> Json:
    price = priced(payer, GOODS[name])
    return {"name": name, "price": price, "tax": (price * payer.milli + 50_000) // 100_000, "quantity": quantity}


def hold(ground: Ground, payer: Payer, at: int, items: list[Json], number: int) -> Entry:
    """An order whose amount is held, or was let go."""
    wanted = ground.new_id("payment")
    order = _order(ground, payer, at, items, number, "COMPLETED", intent="AUTHORIZE")
    made = shapes.authorization(wanted, at, total(items), payer.currency, order)
    if number % 40 == 29:
        made["status"] = "VOIDED"
    ground.keep(row(wanted, at, "T1300", total(items), payer.currency, moved=False, payer=payer.info))
    ground.tell("PAYMENT.AUTHORIZATION.CREATED", "authorization", at, made)
    return ground.add("authorization", wanted, at, made, captured=0, payer=payer.info, order=order)


def _refused(ground: Ground, payer: Payer, at: int, items: list[Json]) -> Entry:
    wanted = ground.new_id("payment")
    made = shapes.capture(wanted, at, total(items), 0, payer.currency, None)
    made.update(status="DECLINED")
    made.pop("seller_receivable_breakdown")
    ground.keep(row(wanted, at, "T0006", total(items), payer.currency, status="D", moved=False, payer=payer.info))
    ground.tell("PAYMENT.CAPTURE.DENIED", "capture", at, made)
    return ground.add("capture", wanted, at, made, refunded=0, payer=payer.info)


def _waiting(ground: Ground, payer: Payer, at: int, items: list[Json], number: int) -> Entry:
    wanted = ground.new_id("payment")
    order = _order(ground, payer, at, items, number, "COMPLETED")
    made = shapes.capture(wanted, at, total(items), 0, payer.currency, order)
    made.update(status="PENDING", status_details={"reason": "ECHECK"})
    ground.keep(row(wanted, at, "T0006", total(items), payer.currency, status="P", moved=False, payer=payer.info))
    ground.tell("PAYMENT.CAPTURE.PENDING", "capture", at, made)
    return ground.add("capture", wanted, at, made, refunded=0, payer=payer.info, order=order)


def _order(
    ground: Ground, payer: Payer, at: int, items: list[Json], number: int, status: str, intent: str = "CAPTURE"
) -> str:
    wanted = ground.new_id("order")
    currency = payer.currency
    goods = sum(item["price"] * item["quantity"] for item in items)
    breakdown = {"item_total": money(goods, currency), "tax_total": money(_tax(items), currency)}
    unit = {
        "reference_id": "default",
        "amount": {**money(total(items), currency), "breakdown": breakdown},
        "custom_id": f"N-{20_000 + number}",
        "items": [
            {
                "name": item["name"],
                "quantity": str(item["quantity"]),
                "unit_amount": money(item["price"], currency),
                "tax": money(item["tax"], currency),
            }
            for item in items
        ],
    }
    names = payer.info["payer_name"]
    order = {
        "id": wanted,
        "intent": intent,
        "status": status,
        "create_time": shapes.iso(at - 60),
        "update_time": shapes.iso(at),
        "payer": {
            "payer_id": payer.info["account_id"],
            "email_address": payer.info["email_address"],
            "name": {"given_name": names["given_name"], "surname": names["surname"]},
            "address": {"country_code": payer.country},
        },
        "purchase_units": [unit],
        "links": [shapes.link(f"/v2/checkout/orders/{wanted}")],
    }
    ground.add("order", wanted, at - 60, order)
    return wanted


def _cart(items: list[Json], currency: str) -> Json:
    return {
        "item_details": [
            {
                "item_name": item["name"],
                "item_quantity": str(item["quantity"]),
                "item_unit_price": money(item["price"], currency),
                "item_amount": money(item["price"] * item["quantity"], currency),
                "tax_amounts": [{"tax_amount": money(item["tax"] * item["quantity"], currency)}],
                "total_item_amount": money((item["price"] + item["tax"]) * item["quantity"], currency),
            }
            for item in items
        ],
        "tax_inclusive": False,
    }
