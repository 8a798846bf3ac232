"""What can go wrong at a gateway. Each class answers: did money move, and who acts next?

    GatewayError
    ├── Refused                 no money moved; the gateway's answer is final
    │   ├── AlreadyRefunded
    │   ├── AmountTooHigh
    │   ├── ChargeDisputed
    │   ├── ObjectUnknown
    │   ├── WindowClosed
    │   ├── Declined
    │   └── RequestInvalid      our request was malformed, or the key was used with other parameters
    ├── NotAccepted             no money moved; the same request with the same key may be sent again
    │   ├── Unavailable
    │   └── RateLimited
    ├── OutcomeUnknown          money may have moved: look up before anything else
    ├── Unsupported             this gateway cannot do it
    ├── NotAuthorised           the key is wrong, revoked, or lacks a permission
    ├── UnexpectedShape         the answer could not be read
    └── BadSignature            a message that does not come from the gateway

Only NotAccepted is ever retried without a look-up. Messages never hold a key, a card number or a raw answer.
"""

from __future__ import annotations


class GatewayError(Exception):
    """Base of all errors at the border to a gateway. `code` is the gateway's own word for it, if it gave one."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class Refused(GatewayError):
    """The gateway answered no. Nothing moved."""


class AlreadyRefunded(Refused):
    """Nothing is left to refund."""


class AmountTooHigh(Refused):
    """More was asked than is left."""


class ChargeDisputed(Refused):
    """The charge is contested; the money is with the card network."""


class ObjectUnknown(Refused):
    """The gateway does not know the object."""


class WindowClosed(Refused):
    """The gateway no longer allows this action on an object of this age."""


class Declined(Refused):
    """The customer's bank said no."""


class RequestInvalid(Refused):
    """The gateway could not accept the request as it was written."""


class NotAccepted(GatewayError):
    """The request was turned away before it had an effect; send it again later with the same key."""

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s


class Unavailable(NotAccepted):
    """The connection was refused or never made."""


class RateLimited(NotAccepted):
    """Too many requests."""


class OutcomeUnknown(GatewayError):
    """The request was sent and no usable answer came: it may have had its effect."""


class Unsupported(GatewayError):
    """The gateway has no such action."""


class NotAuthorised(GatewayError):
    """The key is wrong, revoked, or lacks the permission."""


class UnexpectedShape(GatewayError):
    """The answer is not what the gateway documents."""


class BadSignature(GatewayError):
    """A message claims to come from the gateway and does not."""
