"""POST /v1/oauth2/token: who is who, and what an access token may do."""

import base64
import binascii
import hashlib
import itertools
from urllib.parse import parse_qsl

from sandbox.paypal.errors import PayPalError
from sandbox.paypal.settings import HEAD, Client, Settings
from sandbox.stripe.messages import Answer, Request, answer

NEEDED = (
    ("GET", "/v1/reporting/", ("reporting/search/read",)),
    ("GET", "/v1/customer/disputes", ("disputes/read-seller",)),
    ("GET", "/v1/billing/", ("subscriptions",)),
    ("GET", "/v1/catalogs/", ("subscriptions",)),
    ("GET", "/v2/invoicing/", ("invoicing/invoices/read",)),
    ("POST", "/v2/invoicing/search-invoices", ("invoicing/invoices/read",)),
    ("GET", "/v1/notifications/", ("applications/webhooks",)),
    ("POST", "/v1/billing/", ("subscriptions",)),
    ("POST", "/v2/invoicing/", ("invoicing/invoices/readwrite",)),
    ("POST", "/v2/checkout/", ("payments/payment/authcapture",)),
    ("GET", "/v2/", ("payments/payment", "payments/payment/authcapture")),
    ("POST", "/v2/payments/captures/", ("payments/refund",)),
    ("POST", "/v2/payments/authorizations/", ("payments/payment/authcapture",)),
)


class Tokens:
    """Access tokens that were given out; they are gone after a restart, as they may be at any time."""

    def __init__(self, settings: Settings) -> None:
        self.clients: dict[str, Client] = dict(settings.clients)
        self.seconds = settings.token_seconds
        self._given: dict[str, tuple[str, float]] = {}
        self._count = itertools.count(1)

    def give(self, request: Request) -> Answer:
        """A token for a client's id and secret."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        client, secret = _basic(request.headers.get("authorization", ""))
        known = self.clients.get(client)
        if known is None or known.secret != secret:
            failed = {"error": "invalid_client", "error_description": "Client Authentication failed"}
            return answer(401, failed)
        if form.get("grant_type") != "client_credentials":
            return answer(400, {"error": "unsupported_grant_type", "error_description": "unsupported grant_type"})
        digest = hashlib.blake2b(f"{client}/{next(self._count)}".encode(), digest_size=24).hexdigest()
        token = f"A21AA{digest}"
        self._given[token] = (client, request.mono + self.seconds)
        body = {
            "scope": " ".join(known.scopes),
            "access_token": token,
            "token_type": "Bearer",
            "app_id": "APP-SANDBOX",
            "expires_in": self.seconds,
            "nonce": f"{request.wall:.0f}{digest[:8]}",
        }
        return answer(200, body)

    def revoke_all(self) -> int:
        """Forget every token; returns how many."""
        count = len(self._given)
        self._given.clear()
        return count

    def check(self, request: Request) -> None:
        """Raise 401 for a token that is not ours or has expired, 403 for one that may not do this."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        client, until = self._given.get(token, ("", 0.0))
        if scheme.lower() != "bearer" or client not in self.clients or request.mono >= until:
            raise PayPalError(401)
        held = {scope.removeprefix(HEAD) for scope in self.clients[client].scopes}
        for method, path, wanted in NEEDED:
            if request.method == method and request.path.startswith(path):
                if not held & set(wanted):
                    raise PayPalError(403, "PERMISSION_DENIED")
                return


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        client, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client, secret
