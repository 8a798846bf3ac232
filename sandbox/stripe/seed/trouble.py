"""What is given back: refunds, credit notes, disputes."""

from sandbox.stripe.fees import DISPUTE_FEE
from sandbox.stripe.money import rounded
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.shapes import invoice as invoices
from sandbox.stripe.shapes import ledger
from sandbox.stripe.wire import Json

REASONS = ["requested_by_customer", "requested_by_customer", "duplicate", "fraudulent", None]
OUTCOMES = ["won", "lost", "needs_response", "won", "lost", "under_review", "won", "lost", "warning_needs_response"]
OPEN_DAYS = 6
DISPUTE_REASONS = ["fraudulent", "product_not_received", "duplicate", "subscription_canceled"]


def refund(ground: Ground, charge: Json, amount: int, when: int) -> Json:
    """A refund that went through, with its ledger line."""
    made = ledger.refund(ground.new_id("refund"), when, charge, amount)
    made["reason"] = ground.rng.choice(REASONS)
    how = made["destination_details"][made["destination_details"]["type"]]
    how.update(reference=str(ground.rng.randrange(10**22, 10**23)), reference_status="available")
    made["balance_transaction"] = _line(ground, "refund", -amount, 0, made, when)["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    return ground.add("refund", made)


def bounce(ground: Ground, charge: Json, made: Json, when: int) -> None:
    """A refund that failed after all."""
    line = _line(ground, "refund_failure", made["amount"], 0, made, when)
    made.update(status="failed", failure_reason="expired_or_canceled_card", failure_balance_transaction=line["id"])
    charge["amount_refunded"] -= made["amount"]
    charge["refunded"] = False


def leave_open(ground: Ground) -> None:
    """Refunds of the last days by SEPA are still on their way."""
    for kind, made, hidden in ground.rows:
        if kind == "refund" and made["created"] > ground.end - OPEN_DAYS * 86_400 and _is_debit(made):
            made["status"] = "pending"
            made["destination_details"]["sepa_debit"].update(reference=None, reference_status="pending")
            hidden["open"] = "true"


def _is_debit(refund: Json) -> bool:
    return bool(refund["destination_details"]["type"] == "sepa_debit" and refund["status"] == "succeeded")


def part_of(ground: Ground, charge: Json) -> int:
    """Some of what is left of a charge, never all of it."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    return max(rounded(left * ground.rng.choice([10, 25, 33, 50, 75]) // 100, charge["currency"]), 10)


def credit(ground: Ground, invoice: Json, refunded: Json) -> Json:
    """A credit note over a whole invoice whose charge was refunded."""
    lines = [
        invoices.credit_note_line(ground.new_id("credit_note_line_item"), line) for line in invoice["lines"]["data"]
    ]
    when = refunded["created"]
    made = invoices.credit_note(ground.new_id("credit_note"), when, invoice, lines, reason="order_change")
    part = {"amount_refunded": refunded["amount"], "refund": refunded["id"]}
    made["refunds"] = [{**part, "payment_record_refund": None, "type": "refund"}]
    invoice["post_payment_credit_notes_amount"] = invoice["total"]
    return ground.add("credit_note", made)


def dispute(ground: Ground, charge: Json, number: int) -> Json:
    """A dispute; an inquiry takes no money, a chargeback does, and gives it back when won."""
    status = OUTCOMES[number % len(OUTCOMES)]
    when = ground.hours_later(charge["created"], ground.rng.randrange(5, 40))
    if status in ("needs_response", "under_review", "warning_needs_response"):
        when = max(when, ground.end - ground.rng.randrange(1, 6) * 86_400)
    reason = ground.rng.choice(DISPUTE_REASONS)
    made = ledger.dispute(ground.new_id("dispute"), when, charge, status, reason)
    charge.update(disputed=True, dispute=made["id"])
    amount, fee = charge["amount"], DISPUTE_FEE[charge["currency"]]
    if not status.startswith("warning"):
        made["balance_transactions"].append(_line(ground, "adjustment", -amount, fee, made, when))
    if status == "won":
        back = _line(ground, "adjustment", amount, -fee, made, ground.hours_later(when, 20))
        back["reporting_category"] = "dispute_reversal"
        made["balance_transactions"].append(back)
    return ground.add("dispute", made)


def _line(ground: Ground, kind: str, amount: int, fee: int, source: Json, when: int) -> Json:
    wanted = ground.new_id("balance_transaction")
    made = ledger.balance_transaction(wanted, when, kind, amount, fee, source["currency"])
    made["source"] = source["id"]
    made["description"] = {"refund": "REFUND FOR CHARGE", "refund_failure": "REFUND FAILURE"}.get(kind, "Chargeback")
    return ground.add("balance_transaction", made)
