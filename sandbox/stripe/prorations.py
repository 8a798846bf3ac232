"""Prorations: what is credited of a period that was paid for, and what the rest of it costs at another price.

They are invoice items that wait for the customer's next invoice. By the second, halves up, as whole minor units.
"""

from sandbox.stripe.money import rounded
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json


def credit_unused(tx: Transaction, subscription: Json, now: int) -> None:
    """Credit what is left of the current period."""
    item = subscription["items"]["data"][0]
    amount = -_share(item, item["price"]["unit_amount"] * item["quantity"], now)
    if subscription["status"] != "trialing" and amount:
        _add(tx, subscription, amount, f"Unused time on {item['price']['id']}", now)


def prorate(
    tx: Transaction, subscription: Json, price: Json, quantity: int, now: int, *, is_whole_period: bool
) -> None:
    """Credit the rest of the period at the old price; count it at the new one, unless a whole period begins anew."""
    credit_unused(tx, subscription, now)
    item = subscription["items"]["data"][0]
    amount = _share(item, price["unit_amount"] * quantity, now)
    if not is_whole_period and amount:
        _add(tx, subscription, amount, f"Remaining time on {price['id']}", now)


def _share(item: Json, amount: int, now: int) -> int:
    whole = item["current_period_end"] - item["current_period_start"]
    left = min(max(item["current_period_end"] - now, 0), whole)
    share = (2 * amount * left + whole) // (2 * whole) if whole > 0 else 0
    return rounded(share, item["price"]["currency"])


def _add(tx: Transaction, subscription: Json, amount: int, text: str, now: int) -> None:
    item = subscription["items"]["data"][0]
    made = {
        "id": tx.store.new_id("invoiceitem"),
        "object": "invoiceitem",
        "amount": amount,
        "currency": subscription["currency"],
        "customer": subscription["customer"],
        "customer_account": None,
        "date": now,
        "description": text,
        "discountable": False,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "net_amount": amount,
        "parent": {
            "subscription_details": {"subscription": subscription["id"], "subscription_item": item["id"]},
            "type": "subscription_details",
        },
        "period": {"end": item["current_period_end"], "start": now},
        "pricing": {"type": "price_details", "unit_amount_decimal": str(amount)},
        "proration": True,
        "quantity": 1,
        "quantity_decimal": "1",
        "tax_rates": [],
        "test_clock": None,
    }
    tx.put("invoiceitem", made)
    tx.say("invoiceitem.created", made)
