"""`expand[]`: ids replaced by the objects behind them, and lists that are only added on request."""

from typing import Any, Protocol

from sandbox.stripe.errors import Invalid
from sandbox.stripe.resources import BY_KIND, RESOURCES
from sandbox.stripe.wire import Json

KINDS = {
    "balance_transaction": "balance_transaction",
    "balance_transactions": "balance_transaction",
    "charge": "charge",
    "coupon": "coupon",
    "default_payment_method": "payment_method",
    "customer": "customer",
    "default_price": "price",
    "discount": "discount",
    "discounts": "discount",
    "dispute": "dispute",
    "failure_balance_transaction": "balance_transaction",
    "invoice": "invoice",
    "latest_charge": "charge",
    "latest_invoice": "invoice",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
    "price": "price",
    "product": "product",
    "refund": "refund",
    "source": "",
    "subscription": "subscription",
    "tax_rate": "tax_rate",
}
DEEPEST = 4


class Finder(Protocol):
    """Where objects are found: the store, or a transaction that has staged some more. Both give copies."""

    def find(self, kind: str, wanted: str) -> Json | None:
        """One object, or None."""

    def every(self, kind: str, **equals: str) -> list[Json]:
        """Objects of a kind whose filters have these values, oldest first."""


def requested(params: Json) -> list[str]:
    """The `expand[]` parameter as dotted paths."""
    sent = params.get("expand", [])
    paths = sent if isinstance(sent, list) else [sent]
    for path in paths:
        if not isinstance(path, str) or not path:
            raise Invalid("Invalid array", param="expand")
        if path.count(".") >= DEEPEST:
            message = f"You cannot expand more than {DEEPEST} levels of a property ({path})."
            raise Invalid(message, param="expand")
    return [str(path) for path in paths]


def within_list(paths: list[str]) -> list[str]:
    """The paths inside each object of a list: what follows `data.`."""
    for path in paths:
        if not path.startswith("data."):
            raise _cannot(path)
    return [path.removeprefix("data.") for path in paths]


def expand(books: Finder, obj: Json, paths: list[str]) -> Json:
    """`obj` with each path expanded, in place."""
    for path in paths:
        _walk(books, obj, path.split("."), path)
    return obj


def _walk(books: Finder, inside: Any, steps: list[str], path: str) -> None:
    if not steps or inside is None:
        return
    if isinstance(inside, list):
        for part in inside:
            _walk(books, part, steps, path)
        return
    head, rest = steps[0], steps[1:]
    _include(books, inside, head)
    if not isinstance(inside, dict) or head not in inside:
        raise _cannot(path)
    inside[head] = _replaced(books, head, inside[head], is_leaf=not rest, path=path)
    _walk(books, inside[head], rest, path)


def _replaced(books: Finder, name: str, value: Any, *, is_leaf: bool, path: str) -> Any:
    if isinstance(value, list) and name in KINDS:
        return [_replaced(books, name, part, is_leaf=is_leaf, path=path) for part in value]
    if isinstance(value, str):
        if name not in KINDS:
            raise _cannot(path)
        return fetch(books, KINDS[name], value)
    return value


def fetch(books: Finder, kind: str, wanted: str) -> Any:
    """The object behind an id (of any kind, where `kind` is empty), or the id where there is none."""
    kinds = [kind] if kind else [resource.kind for resource in RESOURCES]
    found = (books.find(name, wanted) for name in kinds)
    return next((obj for obj in found if obj is not None), wanted)


def _include(books: Finder, obj: Json, name: str) -> None:
    resource = BY_KIND.get(str(obj.get("object")))
    if resource is None or name not in resource.includes or name in obj:
        return
    wanted = obj["id"]
    kinds = {
        "refunds": ("refund", "charge", f"/v1/charges/{wanted}/refunds"),
        "payments": ("invoice_payment", "invoice", "/v1/invoices/payments"),
        "tax_ids": ("tax_id", "owner", f"/v1/customers/{wanted}/tax_ids"),
    }
    kind, field, url = kinds[name]
    data = books.every(kind, **{field: wanted})[::-1]
    obj[name] = {"object": "list", "data": data, "has_more": False, "total_count": len(data), "url": url}


def _cannot(path: str) -> Invalid:
    return Invalid(f"This property cannot be expanded ({path}).", param="expand")
