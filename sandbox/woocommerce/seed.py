"""A year of a shop's life, made from a seed: the same seed and date give the same objects."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from sandbox.standin.messages import Json
from sandbox.standin.settings import Scope
from sandbox.standin.store import DAY
from sandbox.woocommerce import shapes
from sandbox.woocommerce.money import counted, share, text
from sandbox.woocommerce.plugins import FAILING, TITLES

SIZES = {"tiny": (12, 18), "small": (24, 130), "full": (160, 900)}
"""Customers with a login, orders."""
PRODUCTS = {"Mug „Morgenrot“": 1_490, "Poster Größe M": 2_400, "Notebook, dotted": 990, "Tote bag": 1_890}
PRODUCTS |= {"Pencil set": 790, "Calendar 2027": 1_650}
WORTH = {"EUR": (1, 1), "USD": (11, 10), "JPY": (16, 10), "KWD": (10, 3)}
SHIPPING = 490


def _place(country: str, state: str, city: str, postcode: str, currency: str, milli: int, names: str) -> Json:
    return {"country": country, "state": state, "city": city, "postcode": postcode, "currency": currency,
            "milli": milli, "names": names.split(", ")}  # fmt: skip


# Customers 0 to 9 have the addresses of Stripe's stand-in; its places come in this order.
PLACES = [
    _place("DE", "", "Köln", "50667", "EUR", 19_000, "Jürgen Müller, Anneliese Weiß, Björn Schäfer"),
    _place("FR", "", "Orléans", "45000", "EUR", 20_000, "Chloé Lefèvre, François D'Août"),
    _place("ES", "", "A Coruña", "15001", "EUR", 21_000, "Íñigo Muñoz, Begoña Ibáñez"),
    _place("IT", "", "Forlì", "47121", "EUR", 22_000, "Niccolò D'Amico, Chiara Ricci"),
    _place("NL", "", "Utrecht", "3511", "EUR", 21_000, "Sjoerd van 't Hof, Anouk de Vries"),
    _place("AT", "", "Linz", "4020", "EUR", 20_000, "Leopold Größwang, Käthe Höller"),
    _place("GB", "", "Bristol", "BS1 4DJ", "EUR", 20_000, "Siân Llewellyn, Hugh O'Brien"),
    _place("US", "NY", "New York", "10001", "USD", 8_875, "Avery Johnson, José García"),
    _place("US", "CA", "Oakland", "94601", "USD", 10_250, "Jordan O'Neill, Mei Nguyen"),
    _place("US", "TX", "Austin", "78701", "USD", 8_250, "Avery Nguyen, Jordan García"),
    _place("JP", "", "仙台市", "980-0021", "JPY", 10_000, "さくら 佐藤, 健太 髙橋"),
    _place("KW", "", "Kuwait City", "13001", "KWD", 0, "فاطمة العنزي, Ahmad Al-Mutairi"),
]
SHARED = 10


def grow(scope: Scope) -> Iterator[tuple[str, Json]]:
    """All objects, oldest first where it matters."""
    end = int(datetime(scope.today.year, scope.today.month, scope.today.day, tzinfo=UTC).timestamp())
    start = end - scope.months * 30 * DAY
    rng = Random(f"woocommerce/{scope.seed}/{scope.scale}")
    customers, orders = SIZES[scope.scale]
    yield from (("product", _product(number, start)) for number in range(len(PRODUCTS)))
    yield from (("tax", _tax(number)) for number in range(len(PLACES)))
    yield from (("coupon", _coupon(number, start)) for number in range(2))
    people = [_customer(number, start) for number in range(customers)]
    yield from (("customer", person) for person in people)
    moments = sorted(rng.randrange(start, end - 3 * DAY) for _ in range(orders))
    for number, when in enumerate(moments):
        yield from _order(number, when, people, rng, end)


def _product(number: int, start: int) -> Json:
    name, cents = list(PRODUCTS.items())[number]
    wanted = 100 + number
    return {
        "id": wanted,
        "name": name,
        "status": "publish",
        "type": "simple",
        "sku": f"SKU-{wanted}",
        "price": text(cents, "EUR"),
        "regular_price": text(cents, "EUR"),
        "virtual": False,
        "downloadable": False,
        "tax_status": "taxable",
        "tax_class": "",
        "permalink": f"https://shop.example/product/{wanted}/",
        "meta_data": [],
        **shapes.created(start - 100 * DAY),
        **shapes.modified(start - 100 * DAY),
        **shapes.links(f"products/{wanted}", "products"),
    }


def _tax(number: int) -> Json:
    place, wanted = PLACES[number], 1 + number
    rate = f"{place['milli'] // 1000}.{place['milli'] % 1000:03d}0"
    return {"id": wanted, "country": place["country"], "state": place["state"], "postcode": "", "city": "",
            "rate": rate, "name": _tax_name(place), "priority": 1, "compound": False, "shipping": True, "order": wanted,
            "class": "standard", **shapes.links(f"taxes/{wanted}", "taxes")}  # fmt: skip


def _tax_name(place: Json) -> str:
    return "Sales Tax" if place["country"] == "US" else "Consumption Tax" if place["country"] == "JP" else "VAT"


def _coupon(number: int, start: int) -> Json:
    code, kind, amount = [("welcome5", "fixed_cart", "5.00"), ("spring20", "percent", "20.00")][number]
    wanted = 300 + number
    return {"id": wanted, "code": code, "amount": amount, "discount_type": kind, "description": "", "usage_count": 3,
            "date_expires": None, "date_expires_gmt": None, **shapes.created(start), **shapes.modified(start),
            **shapes.links(f"coupons/{wanted}", "coupons")}  # fmt: skip


def _customer(number: int, start: int) -> Json:
    place = PLACES[number % len(PLACES)]
    given, _, family = place["names"][number // len(PLACES) % len(place["names"])].partition(" ")
    who = "customer" if number < SHARED else "shopper"
    email = f"{who}{number:04d}@{place['country'].lower()}.example"
    wanted, came = 1_000 + number, start + number * DAY
    return {
        "id": wanted,
        **shapes.created(came),
        **shapes.modified(came),
        "email": email,
        "first_name": given,
        "last_name": family,
        "role": "customer",
        "username": f"{who}{number:04d}",
        "billing": shapes.address(given, family, place, email),
        "is_paying_customer": True,
        "avatar_url": "",
        "meta_data": [],
        "_place": number % len(PLACES),
        **shapes.links(f"customers/{wanted}", "customers"),
    }


def _order(number: int, when: int, people: list[Json], rng: Random, end: int) -> Iterator[tuple[str, Json]]:
    person = people[number * 5 % len(people)]
    place = PLACES[person["_place"]]
    is_guest = number % 8 == 3
    billing = dict(person["billing"])
    order = shapes.order(10_000 + number * 3, when, 0 if is_guest else person["id"], billing, place["currency"])
    _fill(order, place, rng)
    _pay(order, number, when)
    yield "order", order
    if order["date_paid_gmt"] and order["payment_method"] in ("cards", "wallet") and number % 11 in (4, 7):
        back = min(when + (1 + number % 12) * DAY, end - DAY)
        yield from _give_back(order, number, back)


def _fill(order: Json, place: Json, rng: Random) -> None:
    """Lines, shipping, taxes and totals; prices are without tax."""
    currency, milli = order["currency"], place["milli"]
    above, below = WORTH[currency]
    products = rng.sample(list(PRODUCTS), 1 + rng.randrange(3))
    sums = {"items": 0, "item_tax": 0}
    for place_in, name in enumerate(products):
        quantity = 1 + rng.randrange(3)
        line = PRODUCTS[name] * above // below * quantity
        tax = share(line, milli, 100_000)
        sums = {"items": sums["items"] + line, "item_tax": sums["item_tax"] + tax}
        order["line_items"].append(_line(order, place_in, name, quantity, (line, tax)))
    shipping = SHIPPING * above // below
    shipping_tax = share(shipping, milli, 100_000)
    cost = {"total": text(shipping, currency), "total_tax": text(shipping_tax, currency)}
    order["shipping_lines"] = [{"id": order["id"] * 10 + 8, "method_title": "Parcel", "method_id": "flat_rate", **cost}]
    tax = sums["item_tax"] + shipping_tax
    if tax:
        order["tax_lines"] = [_tax_line(order, place, sums["item_tax"], shipping_tax)]
    money = {"discount_total": 0, "discount_tax": 0, "shipping_total": shipping, "shipping_tax": shipping_tax}
    money |= {"cart_tax": sums["item_tax"], "total_tax": tax, "total": sums["items"] + shipping + tax}
    order.update({name: text(value, currency) for name, value in money.items()})


def _line(order: Json, place_in: int, name: str, quantity: int, money: tuple[int, int]) -> Json:
    total, tax = (text(part, order["currency"]) for part in money)
    return {
        "id": order["id"] * 10 + place_in,
        "name": name,
        "product_id": 100 + list(PRODUCTS).index(name),
        "variation_id": 0,
        "quantity": quantity,
        "tax_class": "",
        "subtotal": total,
        "subtotal_tax": tax,
        "total": total,
        "total_tax": tax,
        "taxes": [],
        "sku": f"SKU-{100 + list(PRODUCTS).index(name)}",
    }


def _tax_line(order: Json, place: Json, item_tax: int, shipping_tax: int) -> Json:
    state = f"-{place['state']}" if place["state"] else ""
    return {
        "id": order["id"] * 10 + 9,
        "rate_code": f"{place['country']}{state}-{_tax_name(place).upper()}-1",
        "rate_id": 1 + PLACES.index(place),
        "label": _tax_name(place),
        "compound": False,
        "tax_total": text(item_tax, order["currency"]),
        "shipping_tax_total": text(shipping_tax, order["currency"]),
        "rate_percent": place["milli"] / 1000,
    }


def _pay(order: Json, number: int, when: int) -> None:
    """Most orders are paid by card; some wait, fail, are cancelled, or are paid in ways that cannot be given back."""
    unpaid = {5: "pending", 16: "failed", 27: "cancelled", 38: "on-hold"}.get(number % 40)
    method = "bacs" if number % 13 == 6 else "cod" if number % 17 == 3 else "wallet" if number % 9 == 2 else "cards"
    order.update(payment_method=method, payment_method_title=TITLES[method])
    if number % 17 == 9:
        order["transaction_id"] = f"{FAILING}_{number}"
    if unpaid:
        order.update(status=unpaid, date_paid=None, date_paid_gmt=None, transaction_id="")
    elif number % 3 != 0:
        done = when + 2 * DAY
        order.update(status="completed", date_completed=shapes.local(done), date_completed_gmt=shapes.gmt(done))
        order.update(shapes.modified(done))


def _give_back(order: Json, number: int, when: int) -> Iterator[tuple[str, Json]]:
    total = counted(order["total"], order["currency"])
    amount = total if number % 11 == 4 else max(1, total // 4)
    made = shapes.refund(order["id"] + 1, when, order, amount, "Arrived damaged" if number % 2 else "")
    order["refunds"].append({"id": made["id"], "reason": made["reason"], "total": f"-{made['amount']}"})
    order.update(shapes.modified(when))
    if amount == total:
        order["status"] = "refunded"
    yield "order", order
    yield "refund", made
