"""Which address changes what."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from sandbox.recurly import accounts, purchases, redemptions, refunds, subscriptions
from sandbox.recurly.errors import error
from sandbox.standin.messages import Json, Request, Turned
from sandbox.standin.store import Store

ID = "([^/]+)"
Write = Callable[[Store, str, bytes], Json | None]
ROUTES: list[tuple[str, re.Pattern[str], int, Write]] = [
    ("POST", re.compile(f"/invoices/{ID}/refund"), 201, refunds.refund),
    ("PUT", re.compile(f"/invoices/{ID}/mark_failed"), 200, accounts.mark_failed),
    ("PUT", re.compile(f"/accounts/{ID}"), 200, accounts.update),
    ("POST", re.compile("/subscriptions()"), 201, lambda store, _, body: subscriptions.create(store, body)),
    ("PUT", re.compile(f"/subscriptions/{ID}/cancel"), 200, subscriptions.cancel),
    ("PUT", re.compile(f"/subscriptions/{ID}/reactivate"), 200, subscriptions.reactivate),
    ("PUT", re.compile(f"/subscriptions/{ID}/pause"), 200, subscriptions.pause),
    ("PUT", re.compile(f"/subscriptions/{ID}/resume"), 200, subscriptions.resume),
    ("POST", re.compile(f"/subscriptions/{ID}/change"), 201, subscriptions.modify),
    ("POST", re.compile(f"/accounts/{ID}/coupon_redemptions/active"), 200, redemptions.redeem),
    (
        "DELETE",
        re.compile(f"/accounts/{ID}/coupon_redemptions/active"),
        200,
        lambda store, wanted, _: redemptions.remove(store, wanted),
    ),
]
TERMINATE = re.compile(f"/subscriptions/{ID}")


def write(store: Store, request: Request, features: set[str]) -> tuple[int, Json | None]:
    """Carry a change out: the status, and the object to show, if any."""
    if request.path in ("/purchases", "/purchases/preview") and request.method == "POST":
        return _purchase(store, request, features)
    found = TERMINATE.fullmatch(request.path)
    if request.method == "DELETE" and found:
        refund = dict(parse_qsl(request.query.decode())).get("refund", "none")
        return 200, subscriptions.terminate(store, found[1], refund)
    for method, pattern, status, act in ROUTES:
        found = pattern.fullmatch(request.path)
        if found and request.method == method:
            made = act(store, found[1], request.body)
            return (status, made) if made is not None else (204, None)
    raise Turned(error(404, "not_found", f"No route {request.method} {request.path}"))


def _purchase(store: Store, request: Request, features: set[str]) -> tuple[int, Json]:
    is_preview = request.path.endswith("/preview")
    change, invoice = purchases.purchase(
        store, request.body, is_preview=is_preview, has_tax_inside="tax_inclusive" in features
    )
    if is_preview:
        shown = {name: value for name, value in invoice.items() if not name.startswith("_")}
        lines = [change.get("line_item", one) for one in invoice["_lines"]]
        shown.update(line_items=lines, has_more_line_items=False, transactions=[], state="pending")
        return 200, {"object": "invoice_collection", "charge_invoice": shown, "credit_invoices": []}
    change.commit()
    return 201, {"object": "invoice_collection", "charge_invoice": invoice, "credit_invoices": []}
