"""Rows of the transaction search."""

from sandbox.paypal.money import money
from sandbox.paypal.shapes import iso
from sandbox.paypal.store import Entry
from sandbox.stripe.wire import Json


def row(
    wanted: str,
    at: int,
    code: str,
    amount: int,
    currency: str,
    *,
    fee: int = 0,
    status: str = "S",
    moved: bool = True,
    payer: Json | None = None,
    info: Json | None = None,
) -> Entry:
    """One row; `fee` and `amount` count as PayPal signs them: money that leaves is negative."""
    found: Json = {
        "transaction_id": wanted,
        "transaction_event_code": code,
        "transaction_initiation_date": iso(at),
        "transaction_updated_date": iso(at),
        "transaction_amount": money(amount, currency),
        "transaction_status": status,
        **(info or {}),
    }
    if fee:
        found["fee_amount"] = money(fee, currency)
    shown: Json = {"transaction_info": found}
    if payer is not None:
        shown["payer_info"] = payer
    hidden = {"moved": moved, "signed": amount, "fee": fee, "currency": currency}
    return Entry("transaction", f"{wanted}:{code}:{'Y' if moved else 'N'}", at, 0, shown, hidden)
