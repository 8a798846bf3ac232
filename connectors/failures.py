"""What the failures of HTTP mean for the money; the same at every gateway.

A write whose request left this machine and brought no readable answer is OutcomeUnknown, never Unavailable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from connectors.errors import GatewayError, OutcomeUnknown, RateLimited, Unavailable, UnexpectedShape

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
MAX_TEXT = 300
CARD_NUMBER = r"\b(?:\d[ -]?){12,19}\b"


@dataclass(frozen=True)
class Failures:
    """The failures of one gateway, in sentences about `name`, which is "Stripe" or "the shop".

    `secret` finds what must never stand in a message: the gateway's keys and tokens. Card numbers are found anyway.
    """

    name: str
    secret: re.Pattern[str]

    @property
    def subject(self) -> str:
        """The name as a sentence begins with it."""
        return self.name[:1].upper() + self.name[1:]

    def scrub(self, text: object) -> str:
        """The gateway's words without keys or card numbers, at most 300 characters, on one line."""
        blanked = re.sub(CARD_NUMBER, "…", self.secret.sub("…", str(text)))
        return " ".join(blanked.split())[:MAX_TEXT]

    def of_connection(self, cause: BaseException | None, *, is_write: bool) -> GatewayError:
        """A connection that failed: before the request left, or after."""
        kind = _kind(cause)
        if isinstance(cause, NEVER_SENT):
            return Unavailable(f"{self.subject} could not be reached ({kind}): nothing was sent.")
        if is_write:
            return OutcomeUnknown(f"The request was sent and no answer came ({kind}): it must be looked up.")
        return Unavailable(f"{self.subject} did not answer ({kind}).")

    def of_server(self, status: int, *, is_write: bool, code: str | None = None, said: str = "") -> GatewayError:
        """An answer by which the gateway says that it failed; `said` is what else it says, scrubbed."""
        if is_write:
            sentence = f"{self.subject} failed on the request (HTTP {status}): it must be looked up."
            return OutcomeUnknown(f"{sentence} It says: {said}" if said else sentence, code=code)
        return Unavailable(f"{self.subject} failed to answer (HTTP {status}).", code=code)

    def unreadable(self, status: int, *, is_write: bool, code: str | None = None) -> GatewayError:
        """An answer that is not in the gateway's form."""
        if is_write:
            sentence = f"The answer of {self.name} (HTTP {status}) could not be read: it must be looked up."
            return OutcomeUnknown(sentence, code=code)
        return UnexpectedShape(
            f"The answer (HTTP {status}) is not from {self.name}; a proxy or a wrong api_base may stand in between.",
            code=code,
        )

    def too_many(self, headers: Mapping[str, str], code: str | None = None) -> RateLimited:
        """An answer 429."""
        sentence = f"{self.subject} asks for fewer requests."
        return RateLimited(sentence, code=code, retry_after_s=retry_after_s(headers))


def _kind(cause: BaseException | None) -> str:
    """What failed, in a few words; a certificate that is not believed is named with the reason."""
    found = re.search(r"certificate verify failed: ([^(\n]{1,100})", str(cause))
    return f"its certificate is not believed: {found[1].strip()}" if found else type(cause).__name__


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that the answer asks to wait; None where it does not say, or says it as a date."""
    text = headers.get("Retry-After") or headers.get("retry-after") or ""
    return float(text) if re.fullmatch(r"\d{1,6}(\.\d+)?", text) else None
