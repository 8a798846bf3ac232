"""The account's balance: ledger lines that no payout has taken yet."""

from sandbox.stripe.store import Store
from sandbox.stripe.wire import Json


def balance(store: Store) -> Json:
    """`/v1/balance`: available and pending minor units per currency."""
    now = store.clock.now()
    sums: dict[str, list[int]] = {}
    for line in store.every("balance_transaction"):
        if "payout" not in store.hidden("balance_transaction", line["id"]):
            pair = sums.setdefault(line["currency"], [0, 0])
            pair[line["available_on"] > now] += line["net"]
    return {
        "object": "balance",
        "available": [_part(currency, pair[0]) for currency, pair in sorted(sums.items())],
        "connect_reserved": [],
        "livemode": False,
        "pending": [_part(currency, pair[1]) for currency, pair in sorted(sums.items())],
        "refund_and_dispute_prefunding": {"available": [], "pending": []},
    }


def _part(currency: str, amount: int) -> Json:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
