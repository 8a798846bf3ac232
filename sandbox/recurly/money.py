"""Amounts as Recurly writes them: JSON numbers of major units. Inside, whole minor units and nothing else."""

from decimal import Decimal

EXPONENTS = {"EUR": 2, "USD": 2, "GBP": 2, "JPY": 0}


def major(minor: int, currency: str) -> float:
    """1050, EUR as 10.5: the shortest number that reads back as the same amount."""
    return float(str(Decimal(minor).scaleb(-EXPONENTS[currency])))


def minor(number: object, currency: str) -> int:
    """A number of an object or a request (int, float, Decimal); raises ValueError where the currency is coarser."""
    scaled = Decimal(str(number)).scaleb(EXPONENTS[currency])
    if scaled != int(scaled):
        raise ValueError(f"{number} has too many decimals for {currency}")
    return int(scaled)


def share(whole: int, part: int, of: int) -> int:
    """`whole` × part ÷ of, halves up; whole numbers only."""
    return (2 * whole * part + of) // (2 * of) if of else 0
