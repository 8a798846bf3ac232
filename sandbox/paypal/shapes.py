"""PayPal's objects as its OpenAPI documents have them."""

from datetime import UTC, datetime

from sandbox.paypal.money import money
from sandbox.stripe.wire import Json

HOST = "https://api.paypal.com"


def iso(at: int) -> str:
    """Seconds since 1970 as PayPal writes times."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def link(path: str, rel: str = "self", method: str = "GET") -> Json:
    """One link of an object."""
    return {"href": HOST + path, "rel": rel, "method": method}


def capture(wanted: str, at: int, amount: int, fee: int, currency: str, order: str | None) -> Json:
    """A payment that was taken."""
    path = f"/v2/payments/captures/{wanted}"
    made: Json = {
        "id": wanted,
        "status": "COMPLETED",
        "amount": money(amount, currency),
        "final_capture": True,
        "seller_protection": {"status": "ELIGIBLE", "dispute_categories": ["ITEM_NOT_RECEIVED"]},
        "seller_receivable_breakdown": {
            "gross_amount": money(amount, currency),
            "paypal_fee": money(fee, currency),
            "net_amount": money(amount - fee, currency),
        },
        "create_time": iso(at),
        "update_time": iso(at),
        "links": [link(path), link(f"{path}/refund", "refund", "POST")],
    }
    if order is not None:
        made["supplementary_data"] = {"related_ids": {"order_id": order}}
        made["links"].append(link(f"/v2/checkout/orders/{order}", "up"))
    return made


def authorization(wanted: str, at: int, amount: int, currency: str, order: str) -> Json:
    """A hold of 29 days."""
    path = f"/v2/payments/authorizations/{wanted}"
    return {
        "id": wanted,
        "status": "CREATED",
        "amount": money(amount, currency),
        "seller_protection": {"status": "ELIGIBLE", "dispute_categories": ["ITEM_NOT_RECEIVED"]},
        "expiration_time": iso(at + 29 * 86_400),
        "supplementary_data": {"related_ids": {"order_id": order}},
        "create_time": iso(at),
        "update_time": iso(at),
        "links": [link(path), link(f"{path}/capture", "capture", "POST"), link(f"{path}/void", "void", "POST")],
    }


def refund(wanted: str, at: int, amount: int, currency: str, capture_id: str, total: int) -> Json:
    """Money given back; PayPal keeps its fee. `total` is what went back of the capture so far."""
    return {
        "id": wanted,
        "status": "COMPLETED",
        "amount": money(amount, currency),
        "seller_payable_breakdown": {
            "gross_amount": money(amount, currency),
            "paypal_fee": money(0, currency),
            "net_amount": money(amount, currency),
            "total_refunded_amount": money(total, currency),
        },
        "create_time": iso(at),
        "update_time": iso(at),
        "links": [link(f"/v2/payments/refunds/{wanted}"), link(f"/v2/payments/captures/{capture_id}", "up")],
    }


def dispute(wanted: str, at: int, amount: int, currency: str, capture_id: str, reason: str) -> Json:
    """A case that waits for our answer."""
    return {
        "dispute_id": wanted,
        "create_time": iso(at),
        "update_time": iso(at),
        "disputed_transactions": [
            {
                "seller_transaction_id": capture_id,
                "create_time": iso(at),
                "transaction_status": "COMPLETED",
                "gross_amount": money(amount, currency),
            }
        ],
        "reason": reason,
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "dispute_state": "REQUIRED_ACTION",
        "dispute_amount": money(amount, currency),
        "dispute_life_cycle_stage": "INQUIRY",
        "dispute_channel": "INTERNAL",
        "seller_response_due_date": iso(at + 10 * 86_400),
        "links": [link(f"/v1/customer/disputes/{wanted}")],
    }


def payer(info: Json) -> Json:
    """Who paid an order; `info` is the payer as the transaction search has them."""
    names = info["payer_name"]
    return {
        "payer_id": info["account_id"],
        "email_address": info["email_address"],
        "name": {"given_name": names["given_name"], "surname": names["surname"]},
        "address": {"country_code": info["country_code"]},
    }


def event(wanted: str, at: int, kind: str, noun: str, summary: str, about: Json) -> Json:
    """A webhook event; `about` is the object as it was then."""
    path = f"/v1/notifications/webhooks-events/{wanted}"
    return {
        "id": wanted,
        "event_version": "1.0",
        "create_time": iso(at),
        "resource_type": noun,
        "resource_version": "2.0",
        "event_type": kind,
        "summary": summary,
        "resource": about,
        "links": [link(path), link(f"{path}/resend", "resend", "POST")],
    }
