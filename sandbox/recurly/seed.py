"""A year of a site's life, made from a seed: the same seed and date give the same objects."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from sandbox.recurly import shapes
from sandbox.recurly.billing import Books, Item, bill, give_back, pay
from sandbox.recurly.catalog import ITEMS, PLANS, catalog, price
from sandbox.recurly.ground import Ground
from sandbox.recurly.money import minor
from sandbox.recurly.periods import months_later
from sandbox.recurly.places import PLACES, Place, email
from sandbox.recurly.scenes import SCENES, act_out
from sandbox.standin.messages import Json
from sandbox.standin.settings import Scope
from sandbox.standin.store import DAY

SIZES = {"tiny": (12, 4, 12), "small": (33, 16, 50), "full": (220, 150, 320)}
"""Accounts, subscriptions, single sales."""
CARDS = [("Visa", "411111", "1111"), ("MasterCard", "555555", "4444"), ("American Express", "378282", "0005")]
LONG_INVOICE = 14


def grow(scope: Scope) -> Iterator[tuple[str, Json]]:
    """All objects, oldest first where it matters."""
    end = int(datetime(scope.today.year, scope.today.month, scope.today.day, tzinfo=UTC).timestamp())
    start = months_later(end, -scope.months)
    seed = str(scope.seed)
    ground = Ground(Books(seed, []), Random(f"recurly/{seed}/{scope.scale}"), start, end, {})
    ground.goods = catalog(seed, start - 400 * DAY)
    accounts, subscriptions, sales = SIZES[scope.scale]
    people = [_account(ground, number) for number in range(accounts)]
    for number in range(subscriptions):
        _subscribe(ground, *people[number % accounts], number)
    for number in range(sales):
        _sell(ground, *people[number * 7 % accounts], number)
    act_out(ground, [_account(ground, accounts + number) for number in range(SCENES)])
    for code, obj in ground.goods.items():
        yield obj["object"], {**obj, "id": obj["id"], "code": code}
    yield from ground.books.rows


def _account(ground: Ground, number: int) -> tuple[Json, Place]:
    place = PLACES[number % len(PLACES)]
    created = ground.start - ground.rng.randrange(10, 200) * DAY + ground.rng.randrange(DAY)
    given, _, family = place.names[number // len(PLACES) % len(place.names)].partition(" ")
    is_business = place.tax == "vat" and number % 6 == 5
    wanted = ground.books.new_id("account")
    address = {"street1": f"{1 + number} Market Street", "city": place.city, "region": place.region}
    address |= {"postal_code": place.postal_code, "country": place.country, "phone": ""}
    account = {
        "id": wanted,
        "object": "account",
        "code": f"site-{number:05d}",
        "email": email(number, place),
        "first_name": given,
        "last_name": family,
        "company": f"Atelier {family}" if is_business else "",
        "vat_number": f"{place.country}{100_000_000 + number}" if is_business else "",
        "state": "active",
        "tax_exempt": False,
        "address": {name: value for name, value in address.items() if value is not None}
        | {"region": place.region or ""},
        "has_live_subscription": False,
        "has_past_due_invoice": False,
        **shapes.times(created),
    }
    account["billing_info"] = _billing_info(ground, account, place, number)
    return ground.books.add("account", account), place


def _billing_info(ground: Ground, account: Json, place: Place, number: int) -> Json:
    brand, first, last = CARDS[number % len(CARDS)]
    card: Json = {"object": "credit_card", "card_type": brand, "first_six": first, "last_four": last}
    card |= {"exp_month": 1 + number % 12, "exp_year": 2027 + number % 4, "cc_bin_country": place.country}
    is_debit = place.currency == "EUR" and number % 7 == 4
    debit = {"object": "iban_bank_account", "last_two": f"{number % 100:02d}", "name_on_account": account["last_name"]}
    wanted = ground.books.new_id("billing_info")
    return {
        "id": wanted,
        "object": "billing_info",
        "account_id": account["id"],
        "first_name": account["first_name"],
        "last_name": account["last_name"],
        "company": account["company"],
        "vat_number": account["vat_number"],
        "address": account["address"],
        "valid": True,
        "payment_method": debit if is_debit else card,
        "primary_payment_method": True,
        "backup_payment_method": False,
        "created_at": account["created_at"],
        "updated_at": account["updated_at"],
    }


def _subscribe(ground: Ground, account: Json, place: Place, number: int) -> None:
    code = "northlight-yearly" if number % 6 == 4 else "northlight-monthly"
    name, cents, months = PLANS[code]
    begun = ground.start + ground.rng.randrange(1, 200) * DAY + ground.rng.randrange(DAY)
    quantity, unit = 1 + number % 3 % 2, price(cents, place.currency)
    wanted = ground.books.new_id("subscription")
    stop = months_later(begun, months * 3) if number % 5 == 3 else None
    first, count = begun, 0
    while first < ground.end - DAY and (stop is None or first < stop):
        last = months_later(begun, (count + 1) * months)
        more = {"subscription_id": wanted, "plan_id": ground.goods[code]["id"], "plan_code": code}
        more |= {"start_date": shapes.iso(first), "end_date": shapes.iso(last), "origin": "plan"}
        item = Item(name, quantity, unit, more)
        invoice = bill(ground.books, account, place, first, [item], 20 if count == 0 and number % 4 == 1 else 0)
        invoice.update(subscription_ids=[wanted], origin="purchase" if count == 0 else "renewal")
        _collect(ground, account, invoice, first + 60, number * 31 + count)
        first, count = last, count + 1
    period = (months_later(begun, max(0, count - 1) * months), months_later(begun, max(1, count) * months))
    made = shapes.subscription(wanted, account, place.currency, ground.goods[code], begun, period, (quantity, unit))
    if stop is not None and stop <= ground.end:
        made.update(state="expired", canceled_at=shapes.iso(stop - 5 * DAY), expires_at=shapes.iso(stop))
        made["updated_at"] = shapes.iso(stop)
    elif number % 9 == 2:
        made.update(state="canceled", canceled_at=shapes.iso(ground.end - 3 * DAY), expires_at=shapes.iso(period[1]))
        made["updated_at"] = shapes.iso(ground.end - 3 * DAY)
    account["has_live_subscription"] = account["has_live_subscription"] or made["state"] != "expired"
    ground.books.add("subscription", made)


def _sell(ground: Ground, account: Json, place: Place, number: int) -> None:
    """Things sold once; one invoice has more lines than are shown inside it."""
    when = ground.start + ground.rng.randrange(ground.end - ground.start - 3 * DAY)
    lines = LONG_INVOICE if number == 11 else 1 + number % 2
    codes = [sorted(ITEMS)[(number + place_in) % len(ITEMS)] for place_in in range(lines)]
    items = [
        Item(
            ITEMS[code][0],
            1 + number % 3,
            price(ITEMS[code][1], place.currency),
            {"item_code": code, "item_id": ground.goods[code]["id"]},
        )
        for code in codes
    ]
    invoice = bill(ground.books, account, place, when, items)
    _collect(ground, account, invoice, when + 30, number)


def _collect(ground: Ground, account: Json, invoice: Json, when: int, number: int) -> None:
    """Pay an invoice: some are declined first, some are charged back, some are given back."""
    if number % 17 == 5:
        pay(ground.books, account, invoice, when, "declined")
        when = min(when + 2 * DAY, ground.end - 120)
    if number % 41 == 8:
        pay(ground.books, account, invoice, when, "chargeback")
        return
    payment = pay(ground.books, account, invoice, when)
    total = minor(invoice["total"], invoice["currency"])
    back = min(when + (1 + number % 9) * DAY, ground.end - 60)
    if number % 13 == 6:
        give_back(ground.books, account, invoice, payment, total, back)
    elif number % 13 == 9:
        give_back(ground.books, account, invoice, payment, max(1, total // 3), back)
