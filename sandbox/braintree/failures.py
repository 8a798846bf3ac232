"""Failures on demand, as Braintree shows them: most errors have no body. The queue of them is Stripe's stand-in's."""

from sandbox.stripe.faults import AFTER, BEFORE, HTML, Fault
from sandbox.stripe.messages import Answer

BOMB = b'<!DOCTYPE a [<!ENTITY x "0123456789">]><transaction><id>&x;</id></transaction>'


def before(fault: Fault | None) -> Answer | None:
    """The answer that takes the place of executing anything."""
    if fault is None or fault.kind not in BEFORE or fault.kind == "slow":
        return None
    if fault.kind == "rate_limited":
        return xml(429, b"", {"Retry-After": str(fault.retry_after)})
    if fault.kind == "error_before":
        return xml(fault.status, b"")
    return _dropped(fault)


def garbled(fault: Fault | None, good: Answer) -> Answer:
    """The answer as the failure lets it through; what was done is done."""
    if fault is None or fault.kind in BEFORE:
        return good
    if fault.kind == "error_after":
        return xml(fault.status, b"")
    if fault.kind in AFTER:
        return _dropped(fault)
    if fault.kind == "html":
        return Answer(good.status, HTML, {}, "text/html")
    return xml(good.status, _broken(fault.kind, good.body))


def xml(status: int, body: bytes, headers: dict[str, str] | None = None) -> Answer:
    """An answer of XML."""
    return Answer(status, body, headers or {}, "application/xml; charset=utf-8")


def _dropped(fault: Fault) -> Answer:
    seconds = fault.seconds if fault.kind.startswith("timeout") else 0.0
    return Answer(0, b"", is_dropped=True, seconds=seconds)


def _broken(kind: str, body: bytes) -> bytes:
    if kind == "truncated":
        return body[: len(body) // 2]
    if kind == "malformed":
        return body.replace(b"</", b"<", 3)
    # wrong_types: a document type with an entity in it, which no answer of Braintree's has.
    return BOMB
