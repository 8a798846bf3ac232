"""The three parts of a Braintree key, kept as one secret, and the part of it that may stand in the web process.

An account's secret is "merchant_id:public_key:private_key". Webhooks are signed with SHA1(private_key), which
verifies and cannot call the API: the web's secret is "public_key:40 hex digits", made by `webhook_secret`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from connectors.errors import NotAuthorised
from connectors.gateway import AccountAccess

_PART = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class Key:
    """What calls the API. `repr` shows the merchant only."""

    merchant_id: str
    public_key: str
    private_key: str

    def __repr__(self) -> str:
        return f"Key(merchant_id={self.merchant_id!r})"


def read_key(access: AccountAccess) -> Key:
    """The parts of an account's secret; raise NotAuthorised where it has another form, without showing it."""
    parts = access.api_key.split(":")
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise NotAuthorised(
            f"The secret of {access.account} must read merchant_id:public_key:private_key, "
            "three words of letters and digits from Braintree's page API Keys."
        )
    return Key(*parts)


def webhook_secret(api_key: str) -> str:
    """What the web process needs to verify webhooks: "public_key:sha1". Not enough to call the API."""
    _, public_key, private_key = api_key.split(":")
    digest = hashlib.sha1(private_key.encode(), usedforsecurity=False).hexdigest()
    return f"{public_key}:{digest}"
