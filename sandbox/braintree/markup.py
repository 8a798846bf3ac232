"""Braintree's XML: written from dicts as its answers look, read as its SDKs write requests."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

Json = dict[str, Any]

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
ITEMS = {
    "add_ons": "add-on",
    "addresses": "address",
    "android_pay_cards": "android-pay-card",
    "apple_pay_cards": "apple-pay-card",
    "credit_cards": "credit-card",
    "discounts": "discount",
    "disputes": "dispute",
    "errors": "error",
    "paypal_accounts": "paypal-account",
    "plans": "plan",
    "transactions": "transaction",
}
"""What stands in a list; status_history differs by object, everything else holds items."""
DATES = frozenset({"date_opened", "date_won"})


class Malformed(ValueError):
    """The request's body is no XML."""


def document(name: str, value: Any) -> bytes:
    """A whole answer."""
    return HEAD + element(name, value).encode()


def element(name: str, value: Any) -> str:
    """One element, typed as Braintree types it."""
    tag = name.replace("_", "-")
    if value is None:
        return f'<{tag} nil="true"/>'
    if isinstance(value, bool):
        return f'<{tag} type="boolean">{"true" if value else "false"}</{tag}>'
    if isinstance(value, int):
        return f'<{tag} type="integer">{value}</{tag}>'
    if isinstance(value, list):
        item = "status-event" if name == "status_history" else ITEMS.get(name, "item")
        return f'<{tag} type="array">{"".join(element(item, each) for each in value)}</{tag}>'
    if isinstance(value, dict):
        inner = "".join(element(key, each) for key, each in value.items() if not key.startswith("_"))
        return f"<{tag}>{inner}</{tag}>"
    return f"<{tag}{_type(name)}>{escape(str(value))}</{tag}>"


def collection(name: str, page: int, size: int, total: int, items: list[bytes]) -> bytes:
    """A page of a search."""
    counts = "".join(
        element(key, count)
        for key, count in (("current_page_number", page), ("page_size", size), ("total_items", total))
    )
    return b'%b<%b type="collection">%b%b</%b>' % (HEAD, name.encode(), counts.encode(), b"".join(items), name.encode())


def read(body: bytes) -> Json:
    """A request's body: {"transaction": {...}}; empty for none. Names have underscores, leaves are texts or lists."""
    if not body.strip():
        return {}
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - requests come from our own tests and processes
    except ElementTree.ParseError as error:
        raise Malformed(str(error)) from None
    return {_name(root): _read(root)}


def now_text(seconds: float) -> str:
    """Seconds since 1970 as Braintree writes a time."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(node: ElementTree.Element) -> Any:
    if node.get("type") == "array":
        return [_read(child) for child in node]
    if len(node):
        return {_name(child): _read(child) for child in node}
    return node.text or ""


def _name(node: ElementTree.Element) -> str:
    return node.tag.replace("-", "_")


def _type(name: str) -> str:
    if name.endswith("_at") or name == "timestamp":
        return ' type="datetime"'
    return ' type="date"' if name.endswith("_date") or name in DATES else ""
