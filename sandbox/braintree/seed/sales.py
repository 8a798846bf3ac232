"""Payments through their lives: authorized, submitted, settled, disbursed; and those that come to another end."""

from sandbox.braintree.markup import Json
from sandbox.braintree.money import EXPONENTS, minor, written
from sandbox.braintree.paying import Method, decline, pay_with
from sandbox.braintree.seed.ground import DAY, Ground
from sandbox.braintree.seed.people import Person
from sandbox.braintree.shapes import dispute, enter, transaction

HOUR = 3_600
DISPUTE_ENDS = ["won", "lost", "open", "accepted", "disputed", "expired", "won", "lost", "under_review"]


def sell(ground: Ground, person: Person, number: int, when: int, amount: int, goal: str = "settled") -> Json:
    """A sale of `amount` minor units; `goal` is the status at which it ends, if there was time for it."""
    currency = person.place.currency.upper()
    text = written(amount, currency)
    made = transaction(ground.new_id(), ground.text(when), "sale", text, currency, person.merchant_account)
    _pay(made, person)
    made.update(order_id=f"BT-{number:05d}", descriptor={"name": "NORDLICHT*SHOP", "phone": None, "url": None})
    made["network_transaction_id"] = f"{when:015d}"
    if goal in ("processor_declined", "gateway_rejected"):
        return ground.add("transaction", _refused(ground, made, goal, when))
    made["processor_authorization_code"] = f"{number % 1_000_000:06d}"
    enter(made, "authorized", ground.text(when))
    if goal == "voided":
        enter(made, "voided", ground.text(when + 2 * HOUR))
    elif goal == "authorization_expired" or (goal == "authorized" and ground.end - when > 10 * DAY):
        enter(made, "authorization_expired", ground.text(when + 7 * DAY))
    elif goal != "authorized":
        enter(made, "submitted_for_settlement", ground.text(when + 1))
        _settle(ground, made, when, goal)
    return ground.add("transaction", made)


def refund(ground: Ground, sale: Json, amount: int, when: int, goal: str = "settled") -> Json:
    """A refund of `amount` minor units of a settled sale."""
    currency = sale["currency_iso_code"]
    text = written(amount, currency)
    made = transaction(ground.new_id(), ground.text(when), "credit", text, currency, sale["merchant_account_id"])
    for name in ("customer", "billing", "credit_card", "paypal", "apple_pay", "android_pay_card"):
        if name in sale:
            made[name] = sale[name]
    made.update(refunded_transaction_id=sale["id"], order_id=sale["order_id"])
    made["payment_instrument_type"] = sale["payment_instrument_type"]
    enter(made, "submitted_for_settlement", ground.text(when))
    _settle(ground, made, when, goal)
    sale["refund_ids"].append(made["id"])
    sale["refund_id"] = made["id"]
    return ground.add("transaction", made)


def contest(ground: Ground, sale: Json, number: int, when: int) -> Json:
    """A dispute over a sale, that has come to its end where there was time for it."""
    kind = "retrieval" if number % 5 == 4 else "chargeback"
    reason = ground.rng.choice(["fraud", "product_not_received", "duplicate", "not_recognized"])
    made = dispute(ground.new_id(), ground.text(when), sale, kind, reason)
    made["reply_by_date"] = ground.text(when + 14 * DAY)[:10]
    status = DISPUTE_ENDS[number % len(DISPUTE_ENDS)]
    if status != "open":
        at = ground.text(when + 20 * DAY)
        made.update(status=status, updated_at=at, amount_won=sale["amount"] if status == "won" else "0.00")
        event = {"disbursement_date": None, "effective_date": at[:10], "status": status, "timestamp": at}
        made["status_history"].insert(0, event)
    shown = ("id", "amount_disputed", "currency_iso_code", "kind", "reason", "status", "received_date")
    sale["disputes"].append({name: made[name] for name in shown})
    return ground.add("dispute", made)


def price(ground: Ground, currency: str) -> int:
    """What a sale may cost, in minor units."""
    major = ground.rng.choice([5, 9, 12, 19, 29, 49, 79, 129, 199, 349])
    if currency == "JPY":
        return major * 110
    return int((major + 1) * 10 ** EXPONENTS[currency] - (5 if currency == "KWD" else 1))


def part_of(ground: Ground, sale: Json) -> int:
    """Some of a sale, never half of it."""
    return max(1, minor(sale["amount"], sale["currency_iso_code"]) * ground.rng.choice([10, 25, 33, 40]) // 100)


def _settle(ground: Ground, made: Json, when: int, goal: str) -> None:
    night = when - when % DAY + DAY + 2 * HOUR
    if goal != "settled" and night < ground.end:
        enter(made, goal, ground.text(night))
        made["processor_settlement_response_code"] = "4001"
        made["processor_settlement_response_text"] = "Settlement Declined"
        return
    if night >= ground.end:
        return
    made["settlement_batch_id"] = ground.text(night)[:10] + f"_{made['merchant_account_id']}"
    enter(made, "settled", ground.text(night))
    paid_on = night + 2 * DAY
    if paid_on < ground.end:
        made["disbursement_details"] = {
            "disbursement_date": ground.text(paid_on)[:10],
            "settlement_amount": made["amount"],
            "settlement_currency_iso_code": made["currency_iso_code"],
            "settlement_currency_exchange_rate": "1",
            "settlement_base_currency_exchange_rate": "1",
            "funds_held": False,
            "success": True,
        }
        made["updated_at"] = ground.text(paid_on)


def _refused(ground: Ground, made: Json, goal: str, when: int) -> Json:
    if goal == "gateway_rejected":
        made.update(gateway_rejection_reason="cvv", processor_response_code=None, processor_response_text=None)
        return enter(made, goal, ground.text(when))
    return decline(made, ground.text(when))


def _pay(made: Json, person: Person) -> None:
    pay_with(made, Method(person.pays_with, person.method, person.customer), person.place.country)
