"""What is given back or held: refunds and disputes, with their rows in the ledger."""

from sandbox.paypal import shapes
from sandbox.paypal.ledger import row
from sandbox.paypal.money import counted
from sandbox.paypal.seed.ground import Ground
from sandbox.paypal.store import Entry
from sandbox.stripe.clock import DAY

REASONS = ["MERCHANDISE_OR_SERVICE_NOT_RECEIVED", "UNAUTHORISED", "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED"]
ENDINGS = ["open", "won", "lost", "open", "review"]
FEE = 2_000


def refund(ground: Ground, capture: Entry, amount: int) -> Entry:
    """A refund that went through some days after the payment."""
    currency = capture.shown["amount"]["currency_code"]
    at = ground.days_later(capture.at, ground.rng.randrange(1, 30))
    wanted = ground.new_id("payment")
    capture.hidden["refunded"] += amount
    whole = counted(capture.shown["amount"])
    capture.shown["status"] = "REFUNDED" if capture.hidden["refunded"] == whole else "PARTIALLY_REFUNDED"
    capture.shown["update_time"] = shapes.iso(at)
    made = shapes.refund(wanted, at, amount, currency, capture.wanted, capture.hidden["refunded"])
    info = {"paypal_reference_id": capture.wanted, "paypal_reference_id_type": "TXN"}
    ground.keep(row(wanted, at, "T1107", -amount, currency, payer=capture.hidden["payer"], info=info))
    ground.tell("PAYMENT.CAPTURE.REFUNDED", "refund", at, made)
    return ground.add("refund", wanted, at, made, capture=capture.wanted)


def dispute(ground: Ground, capture: Entry, number: int) -> Entry:
    """A case: PayPal holds the money while it lasts, and takes it where the buyer wins."""
    ending = ENDINGS[number % len(ENDINGS)]
    currency, amount = capture.shown["amount"]["currency_code"], counted(capture.shown["amount"])
    at = ground.days_later(capture.at, ground.rng.randrange(2, 20))
    if ending in {"open", "review"}:
        at = ground.end - ground.rng.randrange(1, 6) * DAY
    wanted = ground.new_id("dispute")
    reason = ground.rng.choice(REASONS)
    made = shapes.dispute(wanted, at, amount, currency, capture.wanted, reason)
    _move(ground, capture, "T1110", at, -amount)
    if ending == "review":
        made.update(status="UNDER_REVIEW", dispute_state="UNDER_PAYPAL_REVIEW")
    capture.hidden["case"] = ending in {"open", "review"}
    if ending in {"won", "lost"}:
        _end(ground, capture, made, at, ending)
    ground.tell("CUSTOMER.DISPUTE.CREATED", "dispute", at, made)
    return ground.add("dispute", wanted, at, made)


def _end(ground: Ground, capture: Entry, made: dict[str, object], at: int, ending: str) -> None:
    amount = counted(capture.shown["amount"])
    closed = ground.days_later(at, 9)
    _move(ground, capture, "T1111", closed, amount)
    code = "RESOLVED_SELLER_FAVOUR"
    if ending == "lost":
        code = "RESOLVED_BUYER_FAVOUR"
        capture.hidden["charged_back"] = True
        _move(ground, capture, "T1201", closed, -amount)
        _move(ground, capture, "T0106", closed, -FEE)
    made.update(status="RESOLVED", dispute_state="RESOLVED", dispute_outcome={"outcome_code": code})
    made.update(update_time=shapes.iso(closed))


def _move(ground: Ground, capture: Entry, code: str, at: int, amount: int) -> None:
    info = {"paypal_reference_id": capture.wanted, "paypal_reference_id_type": "TXN"}
    currency = capture.shown["amount"]["currency_code"]
    ground.keep(row(ground.new_id("payment"), at, code, amount, currency, info=info))
