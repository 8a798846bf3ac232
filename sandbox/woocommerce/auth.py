"""Who asks: OAuth 1.0a without tokens over http, as a header or in the query. Basic counts over https only, as there.

Source: class WC_REST_Authentication. A nonce counts once, a timestamp for 15 minutes.
"""

import hashlib
import hmac
import re
import time
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote

from sandbox.standin.messages import Request, Turned
from sandbox.woocommerce.errors import error

WINDOW_S = 15 * 60
_PART = re.compile(r'(oauth_[a-z_]+)="([^"]*)"')


@dataclass
class Keys:
    """Consumer keys: key -> (secret, whether it may write)."""

    known: dict[str, tuple[str, bool]]
    _nonces: dict[tuple[str, str], int] = field(default_factory=dict)

    def check(self, request: Request) -> None:
        """Raise 401, in the shop's words."""
        given = dict(parse_qsl(request.query.decode(), keep_blank_values=True))
        header = request.headers.get("authorization", "")
        if header.lower().startswith("oauth "):
            given |= {name: unquote(value) for name, value in _PART.findall(header)}
        if "oauth_consumer_key" not in given:
            raise _unauthorised("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        secret, may_write = self.known.get(given["oauth_consumer_key"], ("", False))
        if not secret:
            raise _unauthorised("woocommerce_rest_authentication_error", "Consumer key is invalid.")
        self._check_signature(request, given, secret)
        self._check_nonce(given)
        if request.method != "GET" and not may_write:
            message = "The API key provided does not have write permissions."
            raise _unauthorised("woocommerce_rest_authentication_error", message)

    def _check_signature(self, request: Request, given: dict[str, str], secret: str) -> None:
        sent = given.pop("oauth_signature", "")
        url = f"http://{request.headers.get('host', '')}{request.path}"
        pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in given.items())
        query = "&".join(f"{name}={value}" for name, value in pairs)
        base = "&".join([request.method, quote(url, safe="~"), quote(query, safe="~")])
        wanted = b64encode(hmac.new(f"{secret}&".encode(), base.encode(), hashlib.sha256).digest()).decode()
        if given.get("oauth_signature_method") != "HMAC-SHA256" or not hmac.compare_digest(wanted, sent):
            message = "Invalid signature - provided signature does not match."
            raise _unauthorised("woocommerce_rest_authentication_error", message)

    def _check_nonce(self, given: dict[str, str]) -> None:
        stamp, nonce = given.get("oauth_timestamp", ""), given.get("oauth_nonce", "")
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > WINDOW_S:
            raise _unauthorised("woocommerce_rest_authentication_error", "Invalid timestamp.")
        self._nonces = {key: at for key, at in self._nonces.items() if time.time() - at < WINDOW_S}
        if not nonce or (given["oauth_consumer_key"], nonce) in self._nonces:
            message = "Invalid nonce - nonce has already been used."
            raise _unauthorised("woocommerce_rest_authentication_error", message)
        self._nonces[given["oauth_consumer_key"], nonce] = int(stamp)


def _unauthorised(code: str, message: str) -> Turned:
    return Turned(error(401, code, message))
