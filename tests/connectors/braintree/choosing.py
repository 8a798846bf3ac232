"""Picking transactions of a stand-in for a test."""

from typing import Any

from sandbox.braintree.running import Running

PLAIN = ("1881", "4444", "1111", "0005")


def transactions(sandbox: Running, kind: str = "sale", **equals: Any) -> list[dict[str, Any]]:
    """Transactions whose fields have these values, oldest first."""
    found = sandbox.app.store.objects["transaction"].values()
    chosen = [made for made in found if made["type"] == kind and all(made[name] == equals[name] for name in equals)]
    return sorted(chosen, key=lambda made: str(made["created_at"]))


def refundable(sandbox: Running, currency: str = "EUR") -> dict[str, Any]:
    """A settled sale of which nothing was given back, and which nobody contests."""
    for sale in transactions(sandbox, status="settled", currency_iso_code=currency):
        if not sale["refund_ids"] and not sale["disputes"] and sale["credit_card"]["last_4"] != "0069":
            return sale
    raise LookupError(f"no refundable sale in {currency}")


def book(sandbox: Running, charge_id: str) -> dict[str, Any]:
    """What the stand-in itself says of a sale."""
    found: dict[str, Any] = sandbox.control("GET", "books")["charges"][charge_id]
    return found
