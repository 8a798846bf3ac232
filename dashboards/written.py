"""How money is written on pages: native currency, exact to the minor unit."""

from __future__ import annotations

from markupsafe import Markup

from connectors.currencies import EXPONENTS
from connectors.money import Money

_MINUS, _SPACE = "\u2212", "\u00a0"


def minor(count: object, currency: object) -> Money | None:
    """Minor units as money; None where they are none, as in runs that strangers made."""
    if not isinstance(count, int) or not isinstance(currency, str) or currency not in EXPONENTS:
        return None
    return Money(count, currency)


def money(value: Money | None) -> Markup | str:
    """Native currency, exact to the minor unit: 1,234.50 EUR."""
    if value is None:
        return "–"
    text = f"{value.decimal():,}".replace("-", _MINUS)
    return Markup('<span class="money">{}{}<span class="code">{}</span></span>').format(text, _SPACE, value.currency)
