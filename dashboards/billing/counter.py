"""What the customers' pages need beside the rest of the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from counterfoil.customer_codes import Codes
from counterfoil.customer_links import CustomerLinks
from counterfoil.paths import Paths
from counterfoil.secrets import Secret
from dashboards.billing.sessions import CustomerSessions
from dashboards.limiter import Limiter


@dataclass(frozen=True, slots=True)
class Counter:
    """The customers' side of the house. `keys`: with which a company's own site may ask for links."""

    links: CustomerLinks
    sessions: CustomerSessions
    codes: Codes
    keys: tuple[Secret, ...]
    asked_by_address: Limiter
    """How often codes are asked for from one place."""
    asked_for_address: Limiter
    """How often codes are asked for one e-mail address, known or not."""
    tried: Limiter
    """How often links and codes are tried from one place."""


def make_counter(paths: Paths, *, is_secure: bool, keys: tuple[Secret, ...]) -> Counter:
    """Built once at start."""
    quarter: Callable[[int], Limiter] = lambda tries: Limiter(tries, timedelta(minutes=15))  # noqa: E731
    return Counter(
        links=CustomerLinks(paths),
        sessions=CustomerSessions(paths, is_secure=is_secure),
        codes=Codes(paths),
        keys=keys,
        asked_by_address=quarter(20),
        asked_for_address=quarter(4),
        tried=quarter(60),
    )
