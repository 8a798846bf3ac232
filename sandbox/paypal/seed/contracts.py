"""Products, plans, subscriptions with their payments, and invoices."""

from sandbox.paypal import shapes
from sandbox.paypal.ledger import row
from sandbox.paypal.money import money
from sandbox.paypal.seed.ground import Ground
from sandbox.paypal.seed.people import Payer
from sandbox.paypal.seed.sales import FEES, priced
from sandbox.stripe.clock import DAY
from sandbox.stripe.periods import months_later
from sandbox.stripe.wire import Json

PLANS = {"Studio": 1_200, "Agency": 4_800}
INVOICED = ["PAID", "PAID", "PAID", "SENT", "PARTIALLY_PAID", "CANCELLED", "DRAFT"]


def plans(ground: Ground, payers: list[Payer]) -> dict[tuple[str, str], Json]:
    """One plan for each product and currency."""
    found = {}
    at = ground.start - 30 * DAY
    for name, cents in PLANS.items():
        product = ground.new_id("product")
        shown = {"id": product, "name": name, "description": f"{name} plan", "create_time": shapes.iso(at)}
        ground.add("product", product, at, {**shown, "links": [shapes.link(f"/v1/catalogs/products/{product}")]})
        for payer in {payer.currency: payer for payer in payers}.values():
            found[name, payer.currency] = _plan(ground, name, product, payer, cents, at)
    return found


def subscribe(ground: Ground, plan: Json, payer: Payer, number: int) -> None:
    """A subscription and a payment for each month; some were cancelled or suspended."""
    begun = ground.moment(ground.start, ground.end - 40 * DAY)
    wanted = ground.new_id("subscription")
    price = plan["billing_cycles"][0]["pricing_scheme"]["fixed_price"]
    amount = priced(payer, PLANS[plan["name"]])
    stop = begun + ground.rng.randrange(60, 200) * DAY if number % 4 == 1 else ground.end
    paid = 0
    while months_later(begun, paid) < min(stop, ground.end - 7_200):
        _pay(ground, payer, wanted, months_later(begun, paid), amount)
        paid += 1
    status = "CANCELLED" if stop < ground.end else "SUSPENDED" if number % 9 == 5 else "ACTIVE"
    last = months_later(begun, paid - 1)
    billing: Json = {
        "outstanding_balance": money(0, payer.currency),
        "cycle_executions": [{"tenure_type": "REGULAR", "sequence": 1, "cycles_completed": paid, "total_cycles": 0}],
        "last_payment": {"amount": price, "time": shapes.iso(last)},
        "failed_payments_count": 0,
    }
    if status == "ACTIVE":
        billing["next_billing_time"] = shapes.iso(months_later(begun, paid))
    names = payer.info["payer_name"]
    changed = min(stop, ground.end - 1) if status == "CANCELLED" else begun
    shown = {
        "id": wanted,
        "status": status,
        "status_update_time": shapes.iso(changed),
        "plan_id": plan["id"],
        "start_time": shapes.iso(begun),
        "quantity": "1",
        "subscriber": {
            "email_address": payer.info["email_address"],
            "payer_id": payer.info["account_id"],
            "name": {"given_name": names["given_name"], "surname": names["surname"]},
        },
        "billing_info": billing,
        "create_time": shapes.iso(begun),
        "update_time": shapes.iso(max(changed, last)),
        "links": [shapes.link(f"/v1/billing/subscriptions/{wanted}")],
    }
    ground.add("subscription", wanted, begun, shown)
    ground.tell("BILLING.SUBSCRIPTION.UPDATED", "subscription", max(changed, last), shown)


def invoice(ground: Ground, payer: Payer, number: int) -> None:
    """An invoice of one or two lines; the paid ones have their payment in the ledger."""
    at = ground.moment(ground.start, ground.end - 5 * DAY)
    wanted, status = ground.new_id("invoice"), INVOICED[number % len(INVOICED)]
    lines = [(name, priced(payer, cents)) for name, cents in list(PLANS.items())[: 1 + number % 2]]
    net = sum(price for _, price in lines)
    taxes = [(price * payer.milli + 50_000) // 100_000 for _, price in lines]
    total = net + sum(taxes)
    paid = total if status == "PAID" else total // 2 if status == "PARTIALLY_PAID" else 0
    shown: Json = {
        "id": wanted,
        "status": status,
        "detail": _detail(at, status, number, payer),
        "primary_recipients": [{"billing_info": _recipient(payer)}],
        "items": [_line(line, tax, payer) for line, tax in zip(lines, taxes, strict=True)],
        "configuration": {"tax_inclusive": False, "tax_calculated_after_discount": True},
        "amount": {
            **money(total, payer.currency),
            "breakdown": {
                "item_total": money(net, payer.currency),
                "tax_total": money(sum(taxes), payer.currency),
            },
        },
        "due_amount": money(0 if status == "CANCELLED" else total - paid, payer.currency),
        "links": [shapes.link(f"/v2/invoicing/invoices/{wanted}")],
    }
    if paid:
        payment = _pay(ground, payer, None, at + 2 * DAY, paid, code="T0007", invoice=shown["detail"]["invoice_number"])
        part = {"type": "PAYPAL", "payment_id": payment, "method": "PAYPAL", "amount": money(paid, payer.currency)}
        shown["payments"] = {"paid_amount": money(paid, payer.currency), "transactions": [part]}
    ground.add("invoice", wanted, at, shown)
    ground.tell("INVOICING.INVOICE.CREATED", "invoices", at, {"invoice": shown})


def _plan(ground: Ground, name: str, product: str, payer: Payer, cents: int, at: int) -> Json:
    wanted = ground.new_id("plan")
    shown = {
        "id": wanted,
        "product_id": product,
        "name": name,
        "status": "ACTIVE",
        "billing_cycles": [
            {
                "pricing_scheme": {"version": 1, "fixed_price": money(priced(payer, cents), payer.currency)},
                "frequency": {"interval_unit": "MONTH", "interval_count": 1},
                "tenure_type": "REGULAR",
                "sequence": 1,
                "total_cycles": 0,
            }
        ],
        "payment_preferences": {"auto_bill_outstanding": True, "payment_failure_threshold": 3},
        "quantity_supported": False,
        "create_time": shapes.iso(at),
        "update_time": shapes.iso(at),
        "links": [shapes.link(f"/v1/billing/plans/{wanted}")],
    }
    ground.add("plan", wanted, at, shown)
    return shown


def _pay(
    ground: Ground, payer: Payer, subscription: str | None, at: int, amount: int, code: str = "T0002", invoice: str = ""
) -> str:
    """A payment that belongs to no order."""
    wanted = ground.new_id("payment")
    share, fixed = FEES.get(payer.currency, (349, 49))
    fee = amount * share // 10_000 + fixed
    made = shapes.capture(wanted, at, amount, fee, payer.currency, None)
    info = {"paypal_reference_id": subscription, "paypal_reference_id_type": "SUB"} if subscription else {}
    if invoice:
        info["invoice_id"] = made["invoice_id"] = invoice
    ground.add("capture", wanted, at, made, refunded=0, payer=payer.info)
    ground.keep(row(wanted, at, code, amount, payer.currency, fee=-fee, payer=payer.info, info=info))
    ground.tell("PAYMENT.CAPTURE.COMPLETED", "capture", at, made)
    return wanted


def _detail(at: int, status: str, number: int, payer: Payer) -> Json:
    metadata = {"create_time": shapes.iso(at), "last_update_time": shapes.iso(at)}
    if status != "DRAFT":
        metadata["first_sent_time"] = shapes.iso(at + 60)
    if status == "CANCELLED":
        metadata["cancel_time"] = shapes.iso(at + DAY)
    return {
        "invoice_number": f"PP-{1_000 + number}",
        "invoice_date": shapes.iso(at)[:10],
        "currency_code": payer.currency,
        "payment_term": {"term_type": "NET_30", "due_date": shapes.iso(at + 30 * DAY)[:10]},
        "metadata": metadata,
    }


def _recipient(payer: Payer) -> Json:
    names = payer.info["payer_name"]
    return {
        "name": {"given_name": names["given_name"], "surname": names["surname"], "full_name": payer.name},
        "email_address": payer.info["email_address"],
        "address": {"country_code": payer.country, "postal_code": payer.info["address"]["postal_code"]},
    }


def _line(line: tuple[str, int], tax: int, payer: Payer) -> Json:
    name, price = line
    shown: Json = {
        "id": f"ITEM-{name}",
        "name": f"{name}, one month",
        "quantity": "1",
        "unit_amount": money(price, payer.currency),
        "unit_of_measure": "QUANTITY",
    }
    if payer.milli:
        percent = f"{payer.milli / 1_000:g}"
        shown["tax"] = {"name": "VAT", "percent": percent, "amount": money(tax, payer.currency)}
    return shown
