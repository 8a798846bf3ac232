"""Planting the defects (see `sandbox.stripe.defects`), each in objects that nothing else needs."""

import copy

from sandbox.stripe.seed.billing import Terms, bill
from sandbox.stripe.seed.contracts import collect
from sandbox.stripe.seed.counter import invoice_by_hand, line_of
from sandbox.stripe.seed.goods import Goods, rate
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.seed.people import Person
from sandbox.stripe.seed.places import Levy
from sandbox.stripe.seed.sales import Sale, intend, take
from sandbox.stripe.wire import Json

Planted = list[tuple[str, list[str]]]
WEEK = 7 * 86_400


def plant_before_payouts(ground: Ground, goods: Goods, everybody: list[Person]) -> Planted:
    """The defects that move money, which must be in the ledger before it is paid out."""
    germans = [one for one in everybody if one.place.country == "DE" and one.instrument.kind == "card"]
    return [
        ("tax_does_not_add_up", [_crooked_tax(ground, goods, germans[0])["id"]]),
        ("rate_not_in_force", [_old_rate(ground, goods, germans[1 % len(germans)])["id"]]),
        ("likely_duplicate", _twice(ground, goods, germans[-1])),
        ("reverse_charge_without_tax_id", _nameless(ground, goods, everybody)),
    ]


def plant_after_payouts(ground: Ground) -> Planted:
    """The defects of single objects, and the payout that loses a line."""
    model = next(charge for charge in reversed(ground.every("charge")) if _is_plain(charge))
    return [
        ("missing_payout_line", _lose_a_line(ground)),
        ("fraction", [_odd_charge(ground, model, 1, amount=1999.5, amount_captured=1999.5)]),
        ("unknown_currency", [_odd_charge(ground, model, 2, currency="zzz")]),
        ("unknown_status", [_odd_charge(ground, model, 3, status="wobbly")]),
    ]


def _crooked_tax(ground: Ground, goods: Goods, person: Person) -> Json:
    invoice = invoice_by_hand(ground, goods, person)
    invoice["lines"]["data"][0]["taxes"][0]["amount"] += 7
    return invoice


def _old_rate(ground: Ground, goods: Goods, person: Person) -> Json:
    old = rate(ground, Levy("MwSt", "vat", 16_000, "DE"), False)
    when = ground.end - 9 * WEEK
    items = [line_of(ground, goods, person, "Onboarding workshop", when)]
    invoice = bill(ground, person, when, items, Terms([(old, 16_000)], "standard_rated"))
    collect(ground, person, invoice, "Payment for Invoice", can_decline=False)
    return invoice


def _twice(ground: Ground, goods: Goods, person: Person) -> list[str]:
    amount = goods.prices["Template bundle", person.place.currency, None]["unit_amount"]
    charges = []
    for number in (0, 1):
        when = ground.end - 5 * WEEK + number * 90
        metadata = {"order": f"N-{90_001 + number}", "product": "Template bundle"}
        sale = Sale(person, amount, "1 × Template bundle", metadata)
        charges.append(take(ground, sale, intend(ground, sale, when), when + 1)["id"])
    return charges


def _nameless(ground: Ground, goods: Goods, everybody: list[Person]) -> list[str]:
    person = next(one for one in everybody if one.place.can_reverse and not one.is_business)
    when = ground.end - 7 * WEEK
    items = [line_of(ground, goods, person, "Priority support, 1 h", when)]
    zero = goods.zero[person.place.country]
    invoice = bill(ground, person, when, items, Terms([(zero, 0)], "reverse_charge"))
    invoice["customer_tax_exempt"] = "reverse"
    collect(ground, person, invoice, "Payment for Invoice", can_decline=False)
    return [invoice["id"], person.customer["id"]]


def _lose_a_line(ground: Ground) -> list[str]:
    payouts = [payout for payout in ground.every("payout") if payout["currency"] == "eur"]
    payout = payouts[len(payouts) // 2]
    for kind, line, hidden in ground.rows:
        if kind == "balance_transaction" and hidden.get("payout") == payout["id"] and line["type"] == "charge":
            # The line still exists, and belongs to no payout now.
            hidden["payout"] = ""
            return [payout["id"], line["id"]]
    raise ValueError("no payout has a charge to lose")


def _odd_charge(ground: Ground, model: Json, number: int, **wrong: object) -> str:
    odd = copy.deepcopy(model)
    odd.update(id=ground.new_id("charge"), payment_intent=None, balance_transaction=None)
    odd.update(created=ground.end - number * WEEK, metadata={"order": f"N-{95_000 + number}"}, **wrong)
    odd["receipt_url"] = None
    return str(ground.add("charge", odd)["id"])


def _is_plain(charge: Json) -> bool:
    details = charge["payment_method_details"]
    is_whole = charge["captured"] and not charge["disputed"] and not charge["amount_refunded"]
    return bool(is_whole and details["type"] == "card" and charge["metadata"] and charge["currency"] == "eur")
