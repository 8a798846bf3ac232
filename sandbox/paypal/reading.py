"""GET: single objects, and the lists of disputes, plans, products, invoices and webhook events."""

import base64
from datetime import datetime
from urllib.parse import urlencode

from sandbox.paypal.errors import PayPalError, unknown
from sandbox.paypal.shapes import HOST
from sandbox.paypal.store import Entry, Store
from sandbox.stripe.wire import Json

SINGLES = {
    "/v2/payments/captures": "capture",
    "/v2/payments/authorizations": "authorization",
    "/v2/payments/refunds": "refund",
    "/v1/customer/disputes": "dispute",
    "/v1/billing/subscriptions": "subscription",
    "/v1/billing/plans": "plan",
    "/v1/catalogs/products": "product",
    "/v2/invoicing/invoices": "invoice",
    "/v1/notifications/webhooks-events": "event",
}
SUMMARY = (
    "dispute_id create_time update_time reason status dispute_state dispute_amount dispute_life_cycle_stage "
    "dispute_channel seller_response_due_date links"
).split()


def one(store: Store, path: str) -> Json:
    """One object, by its address."""
    above, _, wanted = path.rpartition("/")
    if above == "/v2/checkout/orders":
        return order(store, wanted)
    found = store.get(SINGLES[above], wanted) if above in SINGLES else None
    if found is None:
        raise unknown()
    return found.shown


def order(store: Store, wanted: str) -> Json:
    """An order with its authorizations, captures and refunds inside, as they are now."""
    found = store.get("order", wanted)
    if found is None:
        raise unknown()
    captures = [entry for entry in store.all("capture") if entry.hidden.get("order") == wanted]
    held = [entry for entry in store.all("authorization") if entry.hidden.get("order") == wanted]
    taken = {entry.wanted for entry in captures}
    refunds = [entry for entry in store.all("refund") if entry.hidden["capture"] in taken]
    parts = {"authorizations": held, "captures": captures, "refunds": refunds}
    payments = {name: [_inside(entry) for entry in entries] for name, entries in parts.items() if entries}
    if payments:
        found.shown["purchase_units"][0]["payments"] = payments
    return found.shown


def disputes(store: Store, sent: dict[str, str]) -> Json:
    """Summaries, those that changed last first."""
    found = [entry for entry in store.all("dispute") if _is_wanted(entry, sent)]
    found.sort(key=lambda entry: (entry.shown["update_time"], entry.seq), reverse=True)
    size = int(sent.get("page_size", "10"))
    if not 1 <= size <= 50:
        raise PayPalError(400, "INVALID_PARAMETER_SYNTAX", field="page_size")
    start = int(base64.b64decode(sent["next_page_token"])) if "next_page_token" in sent else 0
    part = found[start : start + size]
    answer: Json = {"links": [{"href": HOST + "/v1/customer/disputes", "rel": "self", "method": "GET"}]}
    if part:
        answer["items"] = [{name: entry.shown[name] for name in SUMMARY if name in entry.shown} for entry in part]
    if start + size < len(found):
        token = base64.b64encode(str(start + size).encode()).decode()
        query = urlencode({**sent, "next_page_token": token})
        answer["links"].append({"href": f"{HOST}/v1/customer/disputes?{query}", "rel": "next", "method": "GET"})
    return answer


def numbered(store: Store, kind: str, name: str, sent: dict[str, str], body: Json | None, largest: int) -> Json:
    """Plans, products and invoices: pages by number, newest first."""
    found = [entry.shown for entry in reversed(store.all(kind)) if _was_made(entry, body or {})]
    size, number = int(sent.get("page_size", "10")), int(sent.get("page", "1"))
    if not (1 <= size <= largest and number >= 1):
        raise PayPalError(400, "INVALID_PARAMETER_SYNTAX", field="page_size")
    answer: Json = {name: found[(number - 1) * size : number * size]}
    answer["links"] = [{"href": HOST + "/", "rel": "self", "method": "GET"}]
    if sent.get("total_required") == "true":
        answer.update(total_items=len(found), total_pages=-(-len(found) // size))
    return answer


def events(store: Store, sent: dict[str, str]) -> Json:
    """Webhook events of a span, newest first; the next page is a link."""
    first, last = _seconds(sent.get("start_time")), _seconds(sent.get("end_time"))
    every = [
        entry
        for entry in reversed(store.all("event"))
        if (first is None or entry.at >= first) and (last is None or entry.at <= last)
    ]
    start, size = int(sent.get("next_page_token", "0")), int(sent.get("page_size", "10"))
    part = every[start : start + size]
    answer: Json = {"events": [entry.shown for entry in part], "count": len(part), "links": []}
    if start + size < len(every):
        query = urlencode({**sent, "next_page_token": str(start + size)})
        link = {"href": f"{HOST}/v1/notifications/webhooks-events?{query}", "rel": "next", "method": "GET"}
        answer["links"].append(link)
    return answer


def _inside(entry: Entry) -> Json:
    return {name: part for name, part in entry.shown.items() if name != "supplementary_data"}


def _is_wanted(entry: Entry, sent: dict[str, str]) -> bool:
    after = _seconds(sent.get("update_time_after"))
    if after is not None and (_seconds(entry.shown["update_time"]) or 0) < after:
        return False
    wanted = sent.get("disputed_transaction_id")
    return wanted is None or entry.shown["disputed_transactions"][0]["seller_transaction_id"] == wanted


def _was_made(entry: Entry, body: Json) -> bool:
    span = body.get("creation_date_range") or {}
    first, last = _seconds(span.get("start")), _seconds(span.get("end"))
    return (first is None or entry.at >= first) and (last is None or entry.at <= last)


def _seconds(text: str | None) -> int | None:
    return None if text is None else int(datetime.fromisoformat(text).timestamp())
