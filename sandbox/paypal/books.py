"""The stand-in's own truth, for comparing with what a reader of its APIs came to believe. ISO 4217 minor units."""

from collections import defaultdict

from sandbox.paypal.money import counted, iso_minor
from sandbox.paypal.store import Store
from sandbox.stripe.wire import Json

MOVED = {"COMPLETED", "PENDING"}


def books(store: Store) -> Json:
    """Per capture what was taken and given back, and per currency what the balance became of it."""
    refunds: dict[str, list[Json]] = defaultdict(list)
    for entry in store.all("refund"):
        refunds[entry.hidden["capture"]].append(_refund(entry.shown))
    charges = {}
    for entry in store.all("capture"):
        currency = entry.shown["amount"]["currency_code"]
        is_taken = entry.shown["status"] in {"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"}
        amount = iso_minor(counted(entry.shown["amount"]), currency)
        given = refunds.get(entry.wanted, [])
        back = sum(refund["amount"] for refund in given if refund["status"] in MOVED)
        charges[entry.wanted] = {
            "captured": amount if is_taken else 0,
            "refunded": back,
            "currency": currency,
            "refunds": given,
        }
    return {"charges": charges, "balance": _balance(store)}


def _refund(shown: Json) -> Json:
    currency = shown["amount"]["currency_code"]
    return {
        "id": shown["id"],
        "amount": iso_minor(counted(shown["amount"]), currency),
        "status": shown["status"],
        "custom_id": shown.get("custom_id"),
    }


def _balance(store: Store) -> Json:
    sums: dict[str, int] = defaultdict(int)
    for entry in store.all("transaction"):
        hidden = entry.hidden
        if hidden["moved"] and not hidden.get("defect"):
            sums[hidden["currency"]] += iso_minor(hidden["signed"] + hidden["fee"], hidden["currency"])
    return dict(sums)
