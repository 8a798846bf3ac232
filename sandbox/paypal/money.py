"""Amounts as PayPal writes them. Inside the stand-in they are whole counts of the smallest amount that PayPal takes."""

import re

from sandbox.stripe.wire import Json

WHOLE = {"JPY", "HUF", "TWD"}
ISO_DECIMALS = {"JPY": 0}
_NUMBER = re.compile(r"-?(\d*)(?:\.(\d+))?")


def decimals(currency: str) -> int:
    """PayPal's decimals of a currency."""
    return 0 if currency in WHOLE else 2


def money(amount: int, currency: str) -> Json:
    """`1050`, `EUR` as {"currency_code": "EUR", "value": "10.50"}."""
    places = decimals(currency)
    sign, digits = ("-" if amount < 0 else ""), f"{abs(amount):0{places + 1}d}"
    value = digits if not places else f"{digits[:-places]}.{digits[-places:]}"
    return {"currency_code": currency, "value": sign + value}


def counted(found: Json) -> int:
    """The count of a money object. Raises ValueError for text that is no amount, or finer than the currency."""
    match = _NUMBER.fullmatch(str(found["value"]))
    if match is None or not (match.group(1) or match.group(2)):
        raise ValueError("no amount")
    places = decimals(found["currency_code"])
    rest = (match.group(2) or "").rstrip("0") if places else match.group(2) or ""
    if len(rest) > places:
        raise ValueError("too fine")
    number = int((match.group(1) or "0") + rest.ljust(places, "0"))
    return -number if str(found["value"]).startswith("-") else number


def iso_minor(amount: int, currency: str) -> int:
    """The same amount in ISO 4217's minor units."""
    return amount * int(10 ** (ISO_DECIMALS.get(currency, 2) - decimals(currency)))
