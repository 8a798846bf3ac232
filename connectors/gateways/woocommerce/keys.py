"""A shop's key, and how a request proves it: Basic over https, a one-legged OAuth 1.0a signature over http.

The signature goes into the Authorization header, never into the address, which servers and clients write to logs.
Source: https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication and class WC_REST_Authentication.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from connectors.errors import NotAuthorised
from connectors.gateway import AccountAccess


@dataclass(frozen=True, slots=True)
class Keys:
    """Consumer key and secret. `repr` shows neither."""

    key: str
    secret: str

    def __repr__(self) -> str:
        return "Keys(…)"

    def basic(self) -> str:
        """The Authorization header over https."""
        return "Basic " + b64encode(f"{self.key}:{self.secret}".encode()).decode()

    def signed(
        self, method: str, url: str, params: Mapping[str, str], *, seconds: int, nonce: str | None = None
    ) -> str:
        """The Authorization header over http. `url` has no query; `params` are those of the query, not encoded."""
        own = {
            "oauth_consumer_key": self.key,
            "oauth_nonce": nonce or secrets.token_hex(16),
            "oauth_signature_method": "HMAC-SHA256",
            "oauth_timestamp": str(seconds),
        }
        own["oauth_signature"] = signature(method, url, {**params, **own}, self.secret)
        return "OAuth " + ", ".join(f'{name}="{_encoded(value)}"' for name, value in own.items())


def keys_of(access: AccountAccess) -> Keys:
    """Split the API key; raise NotAuthorised for one that can be none (it would be shown in an error)."""
    key, _, secret = access.api_key.partition(":")
    is_plain = access.api_key.isascii() and access.api_key.isprintable() and " " not in access.api_key
    if not key or not secret or ":" in secret or not is_plain:
        raise NotAuthorised(f"The API key of {access.account} must be the shop's consumer key and secret: ck_…:cs_…")
    return Keys(key, secret)


def signature(method: str, url: str, params: Mapping[str, str], secret: str) -> str:
    """HMAC-SHA256 over method, address and sorted parameters (RFC 5849, 3.4)."""
    pairs = sorted((_encoded(name), _encoded(value)) for name, value in params.items())
    query = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join([method.upper(), _encoded(url), _encoded(query)])
    return b64encode(hmac.new(f"{secret}&".encode(), base.encode(), hashlib.sha256).digest()).decode()


def _encoded(text: str) -> str:
    return quote(text, safe="~")
