"""What the gateway keeps of a payment."""

from sandbox.stripe.money import rounded

# Ten-thousandths of the amount, and minor units on top.
CARD = {"eur": (150, 25), "gbp": (150, 20), "usd": (290, 30), "jpy": (360, 0), "kwd": (290, 100)}
SEPA_FEE = 35
DISPUTE_FEE = {"eur": 2000, "gbp": 2000, "usd": 1500, "jpy": 1500, "kwd": 5000}


def processing_fee(paid_with: str, amount: int, currency: str) -> int:
    """The fee on a payment of `amount` minor units, in the same currency."""
    if paid_with == "sepa_debit":
        return SEPA_FEE
    share, fixed = CARD[currency]
    return rounded((amount * share + 5_000) // 10_000, currency) + fixed
