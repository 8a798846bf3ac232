"""WooCommerce's objects. Names that begin with `_` are the stand-in's own, never shown.

Source: https://woocommerce.github.io/woocommerce-rest-api-docs.
"""

from datetime import UTC, datetime, timedelta

from sandbox.standin.messages import Json
from sandbox.woocommerce.money import text

ZONE = timedelta(hours=1)
"""Of the shop: its own times are local, and say no offset."""
HOME = "https://shop.example/wp-json/wc/v3"


def gmt(seconds: int) -> str:
    """A time in UTC as WordPress writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def local(seconds: int) -> str:
    """The same in the shop's zone."""
    return (datetime.fromtimestamp(seconds, UTC) + ZONE).strftime("%Y-%m-%dT%H:%M:%S")


def created(seconds: int) -> Json:
    """When an object was made."""
    return {"date_created": local(seconds), "date_created_gmt": gmt(seconds)}


def modified(seconds: int) -> Json:
    """When an object was changed."""
    return {"date_modified": local(seconds), "date_modified_gmt": gmt(seconds)}


def links(path: str, collection: str) -> Json:
    """An object's links."""
    return {"_links": {"self": [{"href": f"{HOME}/{path}"}], "collection": [{"href": f"{HOME}/{collection}"}]}}


def shown(obj: Json) -> Json:
    """An object without what is the stand-in's own; `_links` is WordPress's."""
    return {name: value for name, value in obj.items() if name == "_links" or not name.startswith("_")}


def refund(number: int, when: int, order: Json, minor: int, reason: str) -> Json:
    """A refund of an amount, without lines."""
    return {
        "id": number,
        "parent_id": order["id"],
        **created(when),
        "amount": text(minor, order["currency"]),
        "reason": reason,
        "refunded_by": 1,
        "refunded_payment": True,
        "meta_data": [],
        "line_items": [],
        "shipping_lines": [],
        "tax_lines": [],
        "fee_lines": [],
        "_modified": gmt(when),
        **links(f"orders/{order['id']}/refunds/{number}", f"orders/{order['id']}/refunds"),
    }


def note(number: int, when: int, order_id: int, words: str, is_for_customer: bool) -> Json:
    """A note on an order."""
    return {
        "id": number,
        "author": "system",
        **created(when),
        "note": words,
        "customer_note": is_for_customer,
        "_order_id": order_id,
        **links(f"orders/{order_id}/notes/{number}", f"orders/{order_id}/notes"),
    }


def address(given: str, family: str, place: Json, email: str) -> Json:
    """A billing address."""
    return {
        "first_name": given,
        "last_name": family,
        "company": "",
        "address_1": "12 Market Street",
        "address_2": "",
        "city": place["city"],
        "state": place["state"],
        "postcode": place["postcode"],
        "country": place["country"],
        "email": email,
        "phone": "",
    }


def order(number: int, when: int, customer_id: int, billing: Json, currency: str) -> Json:
    """An order without lines and totals."""
    return {
        "id": number,
        "parent_id": 0,
        "status": "processing",
        "currency": currency,
        "version": "11.0.1",
        "prices_include_tax": False,
        **created(when),
        **modified(when),
        "customer_id": customer_id,
        "order_key": f"wc_order_{number:013d}",
        "billing": billing,
        "shipping": {name: value for name, value in billing.items() if name not in ("email", "phone")},
        "payment_method": "cards",
        "payment_method_title": "Credit card",
        "transaction_id": f"txn_{number:08d}",
        "customer_note": "",
        "created_via": "checkout",
        "date_completed": None,
        "date_completed_gmt": None,
        "date_paid": local(when + 20),
        "date_paid_gmt": gmt(when + 20),
        "cart_hash": "",
        "number": str(number),
        "meta_data": [],
        "line_items": [],
        "tax_lines": [],
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
        "currency_symbol": currency,
        **links(f"orders/{number}", "orders"),
    }
