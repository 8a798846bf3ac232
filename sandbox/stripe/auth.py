"""Whose key it is, and what a restricted key may do."""

import base64
import binascii
from dataclasses import dataclass, field

from sandbox.stripe.errors import Invalid
from sandbox.stripe.shapes.party import ACCOUNT_ID

EVERYTHING = "*"


@dataclass
class Keys:
    """`restricted` maps a key to the permissions it has: {"charge": "read", "refund": "write", "*": "read"}."""

    full: str = "sk_test_sandbox"
    restricted: dict[str, dict[str, str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Keys({1 + len(self.restricted)} keys)"

    def check(self, authorization: str, permission: str, need: str) -> None:
        """Raise 401 for a key that is not ours, 403 for one that may not `need` (read or write) `permission`."""
        key = presented(authorization)
        if key == self.full:
            return
        granted = self.restricted.get(key)
        if granted is None:
            raise _unauthorised(key)
        level = granted.get(permission, granted.get(EVERYTHING, "none"))
        if level != "write" and level != need:
            raise _forbidden(key, permission, need)


def presented(authorization: str) -> str:
    """The key in an Authorization header: `Bearer sk_...`, or Basic with the key as user."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _masked(key: str) -> str:
    return key[:8] + "*" * max(4, len(key) - 12) + key[-4:] if len(key) > 12 else "****"


def _unauthorised(key: str) -> Invalid:
    if not key:
        message = (
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
        return Invalid(message, status=401, headers={"WWW-Authenticate": 'Bearer realm="Stripe"'})
    return Invalid(f"Invalid API Key provided: {_masked(key)}", status=401)


def _forbidden(key: str, permission: str, need: str) -> Invalid:
    return Invalid(
        f"The provided key '{_masked(key)}' does not have the required permissions for this endpoint on account "
        f"'{ACCOUNT_ID}'. Having the 'rak_{permission}_{need}' permission would allow this request to continue.",
        status=403,
    )
