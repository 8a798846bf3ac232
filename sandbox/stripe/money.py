"""Amounts as Stripe writes and bounds them. All amounts are whole minor units."""

EXPONENTS = {"eur": 2, "usd": 2, "gbp": 2, "jpy": 0, "kwd": 3}
SYMBOLS = {"eur": "€", "usd": "$", "gbp": "£", "jpy": "¥", "kwd": "KWD "}


def written(amount: int, currency: str) -> str:
    """`2500`, `eur` as €25.00: the way in which Stripe's refusals name an amount."""
    exponent = EXPONENTS.get(currency, 2)
    symbol = SYMBOLS.get(currency, currency.upper() + " ")
    if exponent == 0:
        return f"{symbol}{amount:,}"
    whole, part = divmod(amount, 10**exponent)
    return f"{symbol}{whole:,}.{part:0{exponent}d}"


def step(currency: str) -> int:
    """The smallest difference between two amounts: Stripe takes three-decimal currencies in tens only."""
    return 10 if EXPONENTS.get(currency) == 3 else 1


def rounded(amount: int, currency: str) -> int:
    """`amount` brought down to what Stripe can hold in that currency."""
    return amount - amount % step(currency)
