"""Amounts as WooCommerce writes them: decimal text. Inside, whole minor units and nothing else."""

from decimal import Decimal, InvalidOperation

EXPONENTS = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}


def text(minor: int, currency: str) -> str:
    """1050, EUR as 10.50."""
    exponent = EXPONENTS[currency]
    return str(Decimal(minor).scaleb(-exponent).quantize(Decimal(1).scaleb(-exponent)))


def counted(amount: object, currency: str) -> int:
    """Decimal text in minor units; raises ValueError for what is none, or is finer than the currency."""
    try:
        scaled = Decimal(str(amount)).scaleb(EXPONENTS[currency])
    except InvalidOperation:
        raise ValueError(f"{amount} is no amount") from None
    if not scaled.is_finite() or scaled != int(scaled):
        raise ValueError(f"{amount} is no amount in {currency}")
    return int(scaled)


def share(whole: int, part: int, of: int) -> int:
    """`whole` × part ÷ of, halves up; whole numbers only."""
    return (2 * whole * part + of) // (2 * of) if of else 0
