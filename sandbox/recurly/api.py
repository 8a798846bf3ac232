"""Recurly's API on a store: who may ask, what is there, and what changes it."""

import base64
import binascii
import hashlib
import hmac
import time
from pathlib import Path

import orjson

from sandbox.recurly import purchases, redemptions, refunds
from sandbox.recurly.errors import error, not_found
from sandbox.recurly.lists import page
from sandbox.recurly.money import minor
from sandbox.recurly.seed import grow
from sandbox.recurly.writes import write
from sandbox.standin.messages import Answer, Json, Request, Turned, answer
from sandbox.standin.settings import Scope, Settings
from sandbox.standin.store import Store

DEFAULTS = Settings("recurly_sandbox_key", "recurly_sandbox_read_key", "recurly_whsec")
VERSION = "v2021-02-25"
KIND_OF = {
    "accounts": "account",
    "plans": "plan",
    "items": "item",
    "coupons": "coupon",
    "subscriptions": "subscription",
    "invoices": "invoice",
    "line_items": "line_item",
    "transactions": "transaction",
}
MOST_LINES = 10
"""Lines that an invoice shows inside; the rest stands in its own list."""
WINDOW_S = 300
LIMIT = 100_000
"""Requests per window. The real one allows 2,000 in a sandbox and 5,000 GETs in production."""


class RecurlyApi:
    """See `sandbox.standin.api.Api`."""

    name = "recurly"

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.features = {"tax_inclusive"}
        """What the site has beyond the ordinary: tax_inclusive lets prices be given with their tax."""
        self._settings = settings
        self._asked = (0, 0)

    def admit(self, request: Request) -> None:
        """401 for a wrong key, 403 for a read-only one that writes, 406 without the version."""
        key = _key(request.headers.get("authorization", ""))
        known = (self._settings.key, self._settings.read_key)
        if not any(hmac.compare_digest(key.encode(), one.encode()) for one in known):
            raise Turned(error(401, "unauthorized", "Invalid API key"))
        if request.method != "GET" and key == self._settings.read_key:
            raise Turned(error(403, "invalid_permissions", "This API key has read-only access"))
        if request.headers.get("accept", "").removesuffix("+json") != f"application/vnd.recurly.{VERSION}":
            message = "That accept header isn't in the format we use to specify an API version."
            raise Turned(error(406, "invalid_api_version", message))

    def answer(self, request: Request) -> Answer:
        """Read, or change."""
        if request.method == "GET":
            return answer(200, self._read(request), self._headers())
        status, made = write(self.store, request, self.features)
        if made is None:
            return Answer(status, b"", self._headers())
        return answer(status, self._collection(made), self._headers())

    def moves_money(self, request: Request) -> bool:
        """Whatever changes something."""
        return request.method != "GET"

    def rate_limited(self, seconds: int) -> Answer:
        """429."""
        headers = {"Retry-After": str(seconds), "X-RateLimit-Limit": str(LIMIT), "X-RateLimit-Remaining": "0"}
        headers["X-RateLimit-Reset"] = str(int(time.time()) + seconds)
        return error(429, "rate_limited", "You have made too many API requests.", headers=headers)

    def broken(self, status: int) -> Answer:
        """5xx."""
        return error(status, "internal_server_error", "There was a server error")

    def books(self) -> Json:
        """What was paid and given back, per payment."""
        return {"charges": {each["id"]: self._book(each) for each in self._payments()}}

    def settle(self, reference: str | None, outcome: str | None) -> list[str]:
        """End open refunds and payments."""
        still_open = [*refunds.open_refunds(self.store), *purchases.open_payments(self.store)]
        word = outcome or "succeeded"
        wanted = [reference] if reference else still_open
        return [
            one for one in wanted if refunds.settle(self.store, one, word) or purchases.settle(self.store, one, word)
        ]

    def message(self, event: Json, secret: str) -> tuple[bytes, dict[str, str]]:
        """A JSON webhook; its time is the machine's, since receivers compare it with theirs."""
        shown = {name: value for name, value in event.items() if name != "seq"}
        body = orjson.dumps({**shown, "site_id": "sandboxsite1"})
        stamp = str(int(time.time() * 1000))
        mac = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return body, {"Content-Type": "application/json", "recurly-signature": f"{stamp},{mac}"}

    def _read(self, request: Request) -> Json:
        match request.path.split("/")[1:]:
            case [name] if name in KIND_OF:
                return self._list(list(self.store.of(KIND_OF[name]).values()), request)
            case [name, wanted] if name in KIND_OF:
                return self._shown(self._one(name, wanted))
            case ["invoices", wanted, "related_invoices"]:
                ids = self._one("invoices", wanted)["_related"]
                return self._list([self.store.of("invoice")[one] for one in ids], request)
            case ["accounts", wanted, "invoices" | "subscriptions" as name]:
                self._one("accounts", wanted)
                every = self.store.of(KIND_OF[name]).values()
                return self._list([one for one in every if one["account"]["id"] == wanted], request)
            case ["accounts", wanted, "coupon_redemptions", "active"]:
                self._one("accounts", wanted)
                return self._list(redemptions.active(self.store, wanted), request)
            case ["invoices", wanted, "line_items"]:
                ids = self._one("invoices", wanted)["_lines"]
                return self._list([self.store.of("line_item")[one] for one in ids], request)
        raise Turned(error(404, "not_found", f"No route {request.path}"))

    def _one(self, name: str, wanted: str) -> Json:
        found = self.store.of(KIND_OF[name]).get(wanted)
        if found is None:
            raise not_found(KIND_OF[name], wanted)
        return found

    def _list(self, objects: list[Json], request: Request) -> Json:
        shown, following = page(objects, request.path, request.query)
        body: Json = {"object": "list", "has_more": following is not None, "data": [self._shown(one) for one in shown]}
        return {**body, "next": following} if following else body

    def _shown(self, obj: Json) -> Json:
        shown = {name: value for name, value in obj.items() if not name.startswith("_")}
        if obj["object"] == "invoice":
            lines = [self.store.of("line_item")[one] for one in obj["_lines"]]
            paid = [self.store.of("transaction")[one] for one in obj["_transactions"]]
            shown.update(line_items=lines[:MOST_LINES], has_more_line_items=len(lines) > MOST_LINES, transactions=paid)
        return shown

    def _collection(self, made: Json) -> Json:
        """An object as it is shown, or a purchase's collection of invoices."""
        if made["object"] != "invoice_collection":
            return self._shown(made)
        invoice = made["charge_invoice"]
        return {**made, "charge_invoice": self._shown(invoice) if "_lines" in invoice else invoice}

    def _payments(self) -> list[Json]:
        return [each for each in self.store.of("transaction").values() if each["type"] == "purchase"]

    def _book(self, payment: Json) -> Json:
        is_taken = payment["status"] in ("success", "chargeback")
        back = [
            one for one in self.store.of("transaction").values() if one.get("original_transaction_id") == payment["id"]
        ]
        return {
            "captured": minor(payment["amount"], payment["currency"]) if is_taken else 0,
            "refunded": refunds.given_back(self.store, payment["id"]),
            "currency": payment["currency"],
            "refunds": [{name: one[name] for name in ("id", "amount", "status", "created_at")} for one in back],
        }

    def _headers(self) -> dict[str, str]:
        window = int(time.time()) // WINDOW_S
        count = self._asked[1] + 1 if self._asked[0] == window else 1
        self._asked = (window, count)
        return {
            "Recurly-Version": f"recurly.{VERSION}",
            "X-RateLimit-Limit": str(LIMIT),
            "X-RateLimit-Remaining": str(max(0, LIMIT - count)),
            "X-RateLimit-Reset": str((window + 1) * WINDOW_S),
        }


def make_api(folder: Path | None, scope: Scope, settings: Settings) -> RecurlyApi:
    """The stand-in on a state folder (None: in memory), seeded the first time."""
    store = Store(folder, "recurly")
    store.open(scope.today, grow(scope), {"seed": str(scope.seed)})
    return RecurlyApi(store, settings)


def _key(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""
