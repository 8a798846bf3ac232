"""Recurly's amounts: JSON numbers of major units. They are read and written digit by digit, never through a float.

Source: the OpenAPI document, `type: number`; currencies without decimals come as 1000 or 1000.0.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson

from connectors.money import AmountInvalid, CurrencyUnknown, Money


def to_recurly(amount: Money) -> orjson.Fragment:
    """The amount as a JSON number with the currency's decimals."""
    return orjson.Fragment(str(amount.decimal()))


def from_recurly(value: object, currency: object) -> Money:
    """Read a number of an answer that `exactly` parsed. Raises AmountInvalid or CurrencyUnknown (both ValueError)."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise AmountInvalid(f"{str(value)[:40]!r} is no number, where Recurly documents an amount.")
    if not isinstance(currency, str):
        raise CurrencyUnknown(f"{str(currency)[:40]!r} is no currency.")
    return Money.parse(str(value), currency)


def exactly(body: bytes) -> Any:
    """Parse JSON with its fractions as Decimal. Raises ValueError where it is none."""
    return json.loads(body, parse_float=Decimal, parse_constant=_no_number)


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")
