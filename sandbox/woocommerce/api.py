"""WooCommerce's REST API v3 on a store: who may ask, what is there, and what can be written."""

import hashlib
import hmac
import re
from base64 import b64encode
from pathlib import Path

import orjson

from sandbox.standin.messages import Answer, Json, Request, Turned, answer
from sandbox.standin.settings import Scope, Settings
from sandbox.standin.store import Store
from sandbox.woocommerce import customers, notes, refunds
from sandbox.woocommerce.auth import Keys
from sandbox.woocommerce.errors import error, no_route
from sandbox.woocommerce.lists import page
from sandbox.woocommerce.money import counted
from sandbox.woocommerce.plugins import TITLES, plugin
from sandbox.woocommerce.seed import grow
from sandbox.woocommerce.shapes import shown

DEFAULTS = Settings("ck_sandbox:cs_sandbox", "ck_sandbox_read:cs_sandbox_read", "woocommerce_whsec")
ROOT = "/wp-json/wc/v3"
KIND_OF = {"orders": "order", "refunds": "refund", "customers": "customer", "products": "product", "coupons": "coupon"}
KIND_OF["taxes"] = "tax"
WRITES = (
    ("POST", re.compile(rf"{ROOT}/orders/(\d+)/refunds"), refunds.refund, 201),
    ("POST", re.compile(rf"{ROOT}/orders/(\d+)/notes"), notes.write, 201),
    ("PUT", re.compile(rf"{ROOT}/customers/(\d+)"), customers.update, 200),
)
"""Method, address, what writes, and the status of its answer."""


class WooCommerceApi:
    """See `sandbox.standin.api.Api`."""

    name = "woocommerce"

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        pairs = [(settings.key.partition(":"), True), (settings.read_key.partition(":"), False)]
        self._keys = Keys({key: (secret, may_write) for (key, _, secret), may_write in pairs})

    def admit(self, request: Request) -> None:
        """401 for what is not signed well, or may not write."""
        self._keys.check(request)

    def answer(self, request: Request) -> Answer:
        """Read, or write."""
        for method, address, write, status in WRITES:
            found = address.fullmatch(request.path)
            if found and request.method == method:
                return answer(status, shown(write(self.store, found[1], request.body)))
        if request.method != "GET" or not request.path.startswith(f"{ROOT}/"):
            raise no_route()
        return self._read(request)

    def moves_money(self, request: Request) -> bool:
        """Refunds do; whatever else is written is logged beside them."""
        return request.method != "GET"

    def rate_limited(self, seconds: int) -> Answer:
        """429, as hosts of shops give it."""
        given = error(429, "too_many_requests", "Too many requests.")
        return Answer(429, given.body, {"Retry-After": str(seconds)})

    def broken(self, status: int) -> Answer:
        """5xx, as WordPress shows it."""
        return error(status, "internal_server_error", "<p>There has been a critical error on this website.</p>")

    def books(self) -> Json:
        """What was paid and given back, per order."""
        return {"charges": {str(order["id"]): self._book(order) for order in self.store.of("order").values()}}

    def settle(self, reference: str | None, outcome: str | None) -> list[str]:
        """Refunds of a shop are never open."""
        return []

    def message(self, event: Json, secret: str) -> tuple[bytes, dict[str, str]]:
        """A webhook with the object as it was, or the unsigned ping of a new webhook."""
        if event["topic"] == "ping":
            return b"webhook_id=1", {"Content-Type": "application/x-www-form-urlencoded"}
        body = orjson.dumps(event["body"])
        signature = b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
        return body, {
            "Content-Type": "application/json",
            "X-WC-Webhook-Source": "https://shop.example/",
            "X-WC-Webhook-Topic": event["topic"],
            "X-WC-Webhook-Resource": event["resource"],
            "X-WC-Webhook-Event": event["event"],
            "X-WC-Webhook-Signature": signature,
            "X-WC-Webhook-ID": "1",
            "X-WC-Webhook-Delivery-ID": str(event["seq"]),
        }

    def _read(self, request: Request) -> Answer:
        match request.path.removeprefix(f"{ROOT}/").split("/"):
            case [name] if name in KIND_OF:
                return self._list(list(self.store.of(KIND_OF[name]).values()), request)
            case ["orders", wanted, "refunds"]:
                self._one("order", wanted)
                mine = [one for one in self.store.of("refund").values() if str(one["parent_id"]) == wanted]
                return self._list(mine, request)
            case ["orders", wanted, "notes"]:
                self._one("order", wanted)
                return answer(200, [shown(note) for note in notes.of_order(self.store, wanted)])
            case ["payment_gateways", wanted]:
                if wanted not in TITLES:
                    raise Turned(error(404, "woocommerce_rest_payment_gateway_invalid", "Resource does not exist."))
                return answer(200, plugin(wanted))
            case [name, wanted] if name in KIND_OF and name != "refunds" and wanted.isdigit():
                return answer(200, shown(self._one(KIND_OF[name], wanted)))
        raise no_route()

    def _one(self, kind: str, wanted: str) -> Json:
        found = self.store.of(kind).get(wanted)
        if found is None:
            raise Turned(error(404, f"woocommerce_rest_shop_{kind}_invalid_id", "Invalid ID."))
        return found

    def _list(self, objects: list[Json], request: Request) -> Answer:
        rows, headers = page(objects, request)
        return answer(200, [shown(row) for row in rows], headers)

    def _book(self, order: Json) -> Json:
        mine = [one for one in self.store.of("refund").values() if one["parent_id"] == order["id"]]
        return {
            "captured": counted(order["total"], order["currency"]) if order["date_paid_gmt"] else 0,
            "refunded": sum(counted(one["amount"], order["currency"]) for one in mine),
            "currency": order["currency"],
            "refunds": [{name: one[name] for name in ("id", "amount", "reason", "meta_data")} for one in mine],
        }


def make_api(folder: Path | None, scope: Scope, settings: Settings) -> WooCommerceApi:
    """The stand-in on a state folder (None: in memory), seeded the first time."""
    store = Store(folder, "woocommerce")
    store.open(scope.today, grow(scope), {"seed": str(scope.seed), "order_number": "500000"})
    return WooCommerceApi(store, settings)
