"""The tax within a part of a charge, as a sentence."""

from __future__ import annotations

from markupsafe import Markup

from connectors.money import Money
from dashboards.written import money
from warehouse.reads.charged_tax import ChargedTax

UNKNOWN = Markup("The tax part is not known: neither a document of ours nor an invoice of the gateway tells it.")


def tax_sentence(tax: ChargedTax | None, taken: Money, amount: Money) -> Markup:
    """How much of `amount` is tax, where `taken` was given back before."""
    if tax is None or tax.currency != amount.currency or tax.total < taken + amount:
        return UNKNOWN
    source = Markup("by {} {}").format("our invoice" if tax.is_ours else "the gateway’s invoice", tax.number)
    parts = [(line, part) for line, part in tax.of_part(taken.minor, amount.minor) if line.tax_minor]
    if not parts:
        why = "".join(f" ({line.words})" for line in tax.lines)
        return Markup("No tax is in it{}, {}.").format(why, source)
    told = Markup(" and ").join(Markup("{} {}").format(money(part), line.words) for line, part in parts)
    rounded = "" if amount.minor == tax.total.minor else ", in proportion, halves of the smallest unit rounded up"
    if len(parts) == 1:
        return Markup("Of it {} is tax, {}{}.").format(told, source, rounded)
    total = Money(sum(part.minor for _, part in parts), amount.currency)
    return Markup("Of it {} is tax: {}, {}{}.").format(money(total), told, source, rounded)
