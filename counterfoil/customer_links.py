"""Links that open a customer's own billing page: encrypted, good for one person, for a while, and once.

Their secret is var/keys/customers.key and nobody else's; a new one ends every link and every customer's session at
once. What was used is one small file each, so that a link stays used after a restart.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree

from cryptography.fernet import InvalidToken

from counterfoil.kept_secrets import drop_secret, fernet_of, kept_secret
from counterfoil.paths import Paths
from counterfoil.written_once import write_once

BILLING_KEY = "COUNTERFOIL_BILLING_KEY"
"""The secret with which a company's own site asks for links."""
LIVES = timedelta(hours=1)
"""How long a link can be opened where nobody says otherwise."""
LONGEST = timedelta(days=7)
_MOST_LETTERS = 2_000
_PURPOSE = "counterfoil.customer.link"


class LinkInvalid(ValueError):
    """It is no link of ours, or its secret was changed since."""


class LinkExpired(ValueError):
    """It was a good link, and is too old."""


@dataclass(frozen=True, slots=True)
class CustomerLink:
    """What a link says."""

    person_id: str
    made_by: str
    """"key", "cli", or the account of the person who made it: requests made through it tell so."""
    until: int
    """When it ends: seconds since 1970."""
    nonce: str
    language: str = ""
    """As whoever made it wished; empty: the browser's."""


class CustomerLinks:
    """Makes links and takes them."""

    def __init__(self, paths: Paths) -> None:
        self._key = paths.customers_key
        self._used = paths.customers / "used"

    def token(
        self, person_id: str, *, made_by: str, now: datetime, lives: timedelta = LIVES, language: str = ""
    ) -> str:
        """The last part of a fresh link. Raises ValueError for a life that is too long or none."""
        if not timedelta(0) < lives <= LONGEST:
            raise ValueError(f"A link lives for up to {LONGEST.days} days; ask for a time between a minute and that.")
        link = CustomerLink(person_id, made_by, int((now + lives).timestamp()), secrets.token_hex(16), language)
        text = json.dumps(asdict(link), separators=(",", ":"))
        return fernet_of(kept_secret(self._key), _PURPOSE).encrypt(text.encode()).decode()

    def read(self, token: str, *, now: datetime) -> CustomerLink:
        """What a token says; it is not used up. Raises LinkInvalid or LinkExpired."""
        try:
            raw = fernet_of(kept_secret(self._key), _PURPOSE).decrypt(token[: _MOST_LETTERS + 1].encode())
            link = CustomerLink(**json.loads(raw))
        except (InvalidToken, ValueError, TypeError):
            raise LinkInvalid("This is no link of ours.") from None
        if now.timestamp() >= link.until:
            raise LinkExpired("This link is too old.")
        return link

    def use(self, link: CustomerLink) -> bool:
        """Use a link up; False where it was used before."""
        day = datetime.fromtimestamp(link.until, UTC).date().isoformat()
        return write_once(self._used / day, link.nonce, b"")

    def forget_used(self, *, now: datetime) -> None:
        """Drop what is known of links that have ended by themselves."""
        today = now.astimezone(UTC).date().isoformat()
        for folder in self._used.iterdir() if self._used.is_dir() else ():
            if folder.name < today:
                rmtree(folder, ignore_errors=True)

    def end_all(self) -> None:
        """End every link and every customer's session."""
        drop_secret(self._key)


def address_of(base_url: str, token: str) -> str:
    """The link as it is handed to the customer."""
    return f"{base_url.rstrip('/')}/billing/enter/{token}"


def links_in(var: Path) -> CustomerLinks:
    """The links of one installation."""
    return CustomerLinks(Paths(var))
