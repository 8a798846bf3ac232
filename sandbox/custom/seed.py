"""What the company's system holds at first: a few of each object, in several currencies and states."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.standin.messages import Json
from sandbox.standin.settings import Scope

RESOURCES = (
    "products", "prices", "coupons", "customers", "subscriptions", "invoices", "orders", "charges", "refunds",
    "disputes", "credit_notes", "payouts", "balance_transactions",
)  # fmt: skip
SHIPPING = 300
FEE = 30
CURRENCIES = ("EUR", "EUR", "EUR", "USD", "JPY", "KWD")


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each. Charges come in this order: paid, held, paid by bank transfer, disputed; the first `orders` of
    them each pay one."""

    customers: int
    paid: int
    held: int
    by_bank: int
    disputed: int
    subscriptions: int
    invoices: int
    orders: int

    @property
    def charges(self) -> int:
        """Of all kinds."""
        return self.paid + self.held + self.by_bank + self.disputed

    def email(self, number: int) -> str:
        """The first customers are people whom the other stand-ins know too."""
        customer = number % self.customers
        return KNOWN[customer] if customer < len(KNOWN) else f"customer{customer}@example.com"


SIZES = {
    "tiny": Size(customers=8, paid=12, held=3, by_bank=2, disputed=1, subscriptions=4, invoices=4, orders=6),
    "small": Size(customers=30, paid=60, held=6, by_bank=4, disputed=2, subscriptions=20, invoices=12, orders=20),
    "full": Size(customers=60, paid=200, held=90, by_bank=8, disputed=6, subscriptions=200, invoices=60, orders=30),
}
KNOWN = ("customer0000@de.example", "customer0001@fr.example", "customer0002@es.example")


def grow(scope: Scope) -> Iterator[tuple[str, Json]]:
    """(resource, object), what others point to first."""
    size = SIZES[scope.scale]
    noon = datetime(scope.today.year, scope.today.month, scope.today.day, 12, tzinfo=UTC)

    def at(number: int) -> dict[str, str]:
        when = noon - timedelta(days=1 + number % 300, minutes=number)
        return {"created_at": when.isoformat(), "updated_at": when.isoformat()}

    yield from _catalog(at(1)["updated_at"])
    for number in range(size.customers):
        yield "customers", {
            "id": _id("cus", number), "email": size.email(number), "name": f"Customer {number}", "country": "DE",
            "tax_ids": [], **at(number),
        }  # fmt: skip
    for number in range(size.subscriptions):
        yield "subscriptions", _subscription(size, number) | at(number)
    for number in range(size.orders):
        yield "orders", _order(_charge(size, number), at(number)["created_at"]) | at(number)
    for number in range(size.charges):
        yield "charges", _charge(size, number) | at(number)
    for number in range(size.invoices):
        yield "invoices", _invoice(size, number, at(number)["created_at"]) | at(number)
    yield from _settled(size, at)


def _catalog(updated_at: str) -> Iterator[tuple[str, Json]]:
    changed = {"updated_at": updated_at}
    yield "products", {"id": "prod_paper", "name": "The paper", "is_active": True, **changed}
    for price, amount in (("price_month", 1200), ("price_year", 12000)):
        yield "prices", {
            "id": price, "product_id": "prod_paper", "unit_amount_minor": amount, "currency": "EUR",
            "interval": price.removeprefix("price_"), "interval_count": 1, **changed,
        }  # fmt: skip
    yield "coupons", {"id": "SPRING", "name": "Spring", "percent_off": "12.5", **changed}


def _charge(size: Size, number: int) -> Json:
    currency = CURRENCIES[number % len(CURRENCIES)]
    amount = 1_500 + 137 * (number % 40)
    is_held = size.paid <= number < size.paid + size.held
    is_bank = size.paid + size.held <= number < size.charges - size.disputed
    return {
        "id": _id("pay", number),
        "customer_id": _id("cus", number % size.customers),
        "email": size.email(number),
        "amount_minor": amount,
        "captured_minor": 0 if is_held else amount,
        "refunded_minor": 400 if number < 3 else 0,
        "capturable_minor": amount if is_held else 0,
        "chargeable_minor": amount,
        "is_voidable": is_held,
        "currency": "EUR" if is_held or is_bank else currency,
        "status": "authorized" if is_held else "succeeded",
        "is_disputed": number >= size.charges - size.disputed,
        "payment_method": "bank_transfer" if is_bank else "card",
    } | ({"order_id": _id("ord", number)} if number < size.orders else {})


def _order(charge: Json, paid_at: str) -> Json:
    """Goods at 19 % and shipping, together what its charge took."""
    goods = charge["amount_minor"] - SHIPPING
    tax = goods * 19 // 119
    paper = {"id": "1", "kind": "product", "description": "The paper", "sku": "PAPER", "quantity": 1}
    return {
        "id": charge["order_id"],
        "number": charge["order_id"].removeprefix("ord_"),
        "customer_id": charge["customer_id"],
        "email": charge["email"],
        "status": "paid",
        "currency": charge["currency"],
        "total_minor": charge["amount_minor"],
        "shipping_minor": SHIPPING,
        "tax_minor": tax,
        "line_items": [
            {**paper, "amount_minor": goods - tax, "tax_minor": tax},
            {"id": "2", "kind": "shipping", "description": "Shipping", "amount_minor": SHIPPING},
        ],
        "paid_at": paid_at,
    }


def _subscription(size: Size, number: int) -> Json:
    return {
        "id": _id("sub", number),
        "customer_id": _id("cus", number % size.customers),
        "status": "paused" if 100 <= number < 120 else "active",
        "amount_minor": 1200,
        "currency": "EUR",
        "price_id": "price_month",
        "product_id": "prod_paper",
        "quantity": 1,
        "interval": "month",
        "interval_count": 1,
        "is_cancel_at_period_end": False,
        "coupon_ids": ["SPRING"] if number >= 160 else [],
    }


def _invoice(size: Size, number: int, charged_at: str) -> Json:
    line = {"id": f"line_{number}", "description": "The paper", "quantity": 1, "amount_minor": 1000}
    tax = {"kind": "vat", "country": "DE", "percent": "19", "taxable_minor": 1000, "tax_minor": 190}
    is_open = number % 2 == 0
    return {
        "id": _id("inv", number),
        "number": f"C-{number:04}",
        "customer_id": _id("cus", number % size.customers),
        "status": "open" if is_open else "paid",
        "currency": "EUR",
        "subtotal_minor": 1000,
        "tax_minor": 190,
        "total_minor": 1190,
        "paid_minor": 0 if is_open else 1190,
        "remaining_minor": 1190 if is_open else 0,
        "lines": [line],
        "taxes": [tax],
        "customer_country": "DE",
        "charged_at": charged_at,
    }


def _settled(size: Size, at: Callable[[int], dict[str, str]]) -> Iterator[tuple[str, Json]]:
    for number in range(3):
        charge = _charge(size, number)
        yield "refunds", {
            "id": _id("ref", number), "charge_id": charge["id"], "amount_minor": 400, "currency": charge["currency"],
            "status": "succeeded", **at(number),
        }  # fmt: skip
    for number in range(size.charges - size.disputed, size.charges):
        charge = _charge(size, number)
        yield "disputes", {
            "id": _id("dis", number), "charge_id": charge["id"], "amount_minor": charge["amount_minor"],
            "currency": charge["currency"], "status": "needs_response", **at(number),
        }  # fmt: skip
    yield "credit_notes", {
        "id": "cn_1", "invoice_id": _id("inv", 1), "amount_minor": 119, "tax_minor": 19, "currency": "EUR",
        "status": "issued", "taxes": [{"kind": "vat", "percent": "19", "taxable_minor": 100, "tax_minor": 19}], **at(1),
    }  # fmt: skip
    paid_out = [_charge(size, number) for number in range(2)]
    net = sum(one["amount_minor"] - FEE for one in paid_out)
    yield "payouts", {
        "id": "out_1", "amount_minor": net, "currency": "EUR", "status": "paid", "is_automatic": True,
        "arrival_on": at(1)["created_at"][:10], **at(1),
    }  # fmt: skip
    for number, one in enumerate(paid_out):
        yield "balance_transactions", {
            "id": _id("bal", number), "type": "charge", "source_id": one["id"], "payout_id": "out_1",
            "gross_minor": one["amount_minor"], "fee_minor": FEE, "net_minor": one["amount_minor"] - FEE,
            "currency": one["currency"], "status": "available", **at(1),
        }  # fmt: skip


def _id(prefix: str, number: int) -> str:
    return f"{prefix}_{number:04}"
