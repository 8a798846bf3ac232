"""What can go wrong with a mail. Each class answers: may the recipient have it, and what happens next?

    MailError
    ├── MailRefused         the server will not take this mail; the recipient does not have it
    ├── MailDeferred        not taken now; the same mail may be tried again later
    ├── MailOutcomeUnknown  its text was sent and no answer came: the recipient may have it
    └── MailServerUnusable  nothing can be sent: connection, TLS, login or sender are not accepted

Messages hold the server's own words, never a password.
"""

from __future__ import annotations


class MailError(Exception):
    """Base. `code` is the server's three digits, None where it gave no answer."""

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class MailRefused(MailError):
    """A final no for this recipient or this mail."""


class MailDeferred(MailError):
    """A no for now."""


class MailOutcomeUnknown(MailError):
    """The connection was lost following DATA."""


class MailServerUnusable(MailError):
    """No mail can be sent as things are; every mail stays as it is."""
