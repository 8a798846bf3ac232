"""Tax of payments that carry no tax lines of the gateway: from the registrations, amounts taken as tax-inclusive.

Each (kind, rate) is rounded once, half up, on the document's sum; net is what remains, so that the parts always add up
to the payment. (facts: Directive 2006/112 leaves the rounding to the state; per total is what gateways do too.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from counterfoil.settings import TaxRegistration
from warehouse.books.documents_data import TaxLine

HUNDRED = Decimal(100)
EXEMPT = "No tax was charged: the customer is exempt from tax."


@dataclass(frozen=True, slots=True)
class Taxed:
    """A tax-inclusive amount taken apart: net_minor + the taxes = total_minor."""

    net_minor: int
    tax_minor: int
    tax_lines: list[TaxLine]
    notes: list[str]
    """Why there is no tax, in a sentence for the customer."""


def half_up(value: Decimal) -> int:
    """Round to a whole number, a half away from zero."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def taxes_inside(total_minor: int, percents: Sequence[Decimal]) -> list[int]:
    """The tax at each rate inside a tax-inclusive amount, in minor units; all rates apply to the same net amount."""
    over = HUNDRED + sum(percents, Decimal(0))
    return [half_up(Decimal(total_minor) * percent / over) for percent in percents]


def tax_of_payment(
    total_minor: int, country: str, exemption: str, day: date, registrations: Sequence[TaxRegistration]
) -> Taxed:
    """Tax of one payment.

    `country` is the payer's (empty: not known), `exemption` the gateway's word for the customer (none, exempt or
    reverse), `day` the day of the payment in the reporting zone.
    """
    ours = [registration for registration in registrations if registration.country == country]
    reason = _reason_for_none(country, exemption, ours, day)
    if exemption == "reverse" and ours:
        lines = [_line(registration, Decimal(0), total_minor, 0, is_reverse_charge=True) for registration in ours]
        return Taxed(total_minor, 0, lines, [reason])
    if reason:
        return Taxed(total_minor, 0, [], [reason])
    rates = [(registration, rate) for registration in ours if (rate := registration.rate_on(day)) is not None]
    taxes = taxes_inside(total_minor, [rate for _, rate in rates])
    net = total_minor - sum(taxes)
    lines = [_line(registration, rate, net, tax) for (registration, rate), tax in zip(rates, taxes, strict=True)]
    return Taxed(net, sum(taxes), lines, [])


def _reason_for_none(country: str, exemption: str, ours: Sequence[TaxRegistration], day: date) -> str:
    if not country:
        return "No tax was charged: the country of the payer is not known."
    if not ours:
        return "No tax was charged: the seller is not registered for tax in the country of the payer."
    if exemption == "exempt":
        return EXEMPT
    if exemption == "reverse":
        return "Reverse charge: the recipient of the supply is liable for the tax."
    if all(registration.rate_on(day) is None for registration in ours):
        return "No tax was charged: no rate was in force for the seller on the day of the payment."
    return ""


def _line(
    registration: TaxRegistration, percent: Decimal, taxable: int, tax: int, *, is_reverse_charge: bool = False
) -> TaxLine:
    return TaxLine(
        country=registration.country,
        state=None,
        kind=registration.kind,
        percent=plain(percent),
        is_inclusive=True,
        is_reverse_charge=is_reverse_charge,
        taxable_minor=taxable,
        tax_minor=tax,
    )


def plain(percent: Decimal) -> str:
    """A rate as text without trailing zeros or exponent: 19, 7.5, 20."""
    text = f"{percent:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def part_of(amount_minor: int, part_minor: int, whole_minor: int) -> int:
    """The share of `amount` that belongs to `part` of `whole`, rounded half up. A growing part never shrinks it."""
    return half_up(Decimal(amount_minor) * part_minor / whole_minor) if whole_minor else 0
