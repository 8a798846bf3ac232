"""Invoices: lines, discounts, taxes by line, and totals that follow from them. Whole minor units, halves go up."""

from dataclasses import dataclass

from sandbox.stripe.seed.goods import Goods
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.seed.people import Person
from sandbox.stripe.shapes import invoice as shapes
from sandbox.stripe.wire import Json


@dataclass(frozen=True)
class Item:
    """Something to bill: what it is, its price object, how many, for which period, and what it belongs to."""

    description: str
    price: Json
    quantity: int
    period: tuple[int, int]
    parent: Json


@dataclass(frozen=True)
class Terms:
    """How to bill: the tax rates with why they apply, and a discount in percent with its id."""

    rates: list[tuple[Json, int]]
    reason: str
    percent_off: int = 0
    discount: str | None = None


def terms_for(goods: Goods, person: Person, percent_off: int = 0, discount: str | None = None) -> Terms:
    """The terms of a customer: reverse charge, prices with tax inside, or tax on top."""
    if person.is_reverse:
        return Terms([(goods.zero[person.place.country], 0)], "reverse_charge", percent_off, discount)
    is_inclusive = person.place.is_inclusive and not person.is_business
    rates = [(goods.rates[levy, is_inclusive], levy.milli) for levy in person.place.levies]
    return Terms(rates, "standard_rated", percent_off, discount)


def bill(ground: Ground, person: Person, when: int, items: list[Item], terms: Terms, **known: object) -> Json:
    """A finalised invoice; its number counts up per customer."""
    wanted = ground.new_id("invoice")
    customer = person.customer
    lines = [_line(ground, wanted, item, terms) for item in items]
    known.update(_totals(lines, terms))
    made = shapes.invoice(wanted, when, customer["currency"], customer, lines, **known)
    made["number"] = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    made["customer_tax_ids"] = [{"type": owned["type"], "value": owned["value"]} for owned in person.tax_ids]
    made["default_tax_rates"] = [rate for rate, _ in terms.rates]
    made["discounts"] = [terms.discount] if terms.discount else []
    return ground.add("invoice", made)


def inside(amount: int, milli: int) -> int:
    """The tax contained in an amount."""
    return (2 * amount * milli + (100_000 + milli)) // (2 * (100_000 + milli))


def on_top(amount: int, milli: int) -> int:
    """The tax to be added to an amount."""
    return (2 * amount * milli + 100_000) // 200_000


def _line(ground: Ground, of: str, item: Item, terms: Terms) -> Json:
    amount = item.price["unit_amount"] * item.quantity
    off = amount * terms.percent_off // 100
    made = shapes.line(ground.new_id("line_item"), of, item.price["currency"], amount, item.quantity, item.price)
    made.update(
        description=item.description,
        parent=item.parent,
        period={"end": item.period[1], "start": item.period[0]},
        discounts=[terms.discount] if off else [],
        discount_amounts=[{"amount": off, "discount": terms.discount}] if off else [],
    )
    made["taxes"] = [_tax(amount - off, rate, milli, terms.reason) for rate, milli in terms.rates]
    return made


def _tax(amount: int, rate: Json, milli: int, reason: str) -> Json:
    if rate["inclusive"]:
        tax = inside(amount, milli)
        return shapes.tax(tax, amount - tax, rate, reason)
    return shapes.tax(on_top(amount, milli), amount, rate, reason)


def _totals(lines: list[Json], terms: Terms) -> Json:
    subtotal = sum(line["amount"] for line in lines)
    off = sum(part["amount"] for line in lines for part in line["discount_amounts"])
    taxes = [_summed(lines, place) for place in range(len(terms.rates))]
    added = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    total = subtotal - off + added
    hidden = sum(inside(line["amount"], milli) for line in lines for rate, milli in terms.rates if rate["inclusive"])
    return {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - hidden,
        "total": total,
        "total_excluding_tax": total - sum(tax["amount"] for tax in taxes),
        "total_taxes": taxes,
        "total_discount_amounts": [{"amount": off, "discount": terms.discount}] if off else [],
        "amount_due": total,
        "amount_remaining": total,
    }


def _summed(lines: list[Json], place: int) -> Json:
    parts = [line["taxes"][place] for line in lines]
    return {
        **parts[0],
        "amount": sum(part["amount"] for part in parts),
        "taxable_amount": sum(part["taxable_amount"] for part in parts),
    }
