"""Failures on demand: the queue of sandbox.stripe, with PayPal's words in the answers."""

from sandbox.paypal.errors import body
from sandbox.stripe.faults import AFTER, BEFORE, HTML, Fault, dropped
from sandbox.stripe.messages import Answer, answer
from sandbox.stripe.wire import Json, dump, load

MARK = {"X-Sandbox-Fault": "1"}
WRONG = {"id": 12345, "amount": "lots", "create_time": "yesterday", "status": ["COMPLETED"], "total_pages": "many"}


def before(fault: Fault | None) -> Answer | None:
    """The answer that takes the place of executing anything."""
    if fault is None or fault.kind not in BEFORE or fault.kind == "slow":
        return None
    if fault.kind == "rate_limited":
        return answer(429, body(429), {"Retry-After": str(fault.retry_after), **fault.headers, **MARK})
    if fault.kind == "error_before":
        return answer(fault.status, _failed(fault.status), {**fault.headers, **MARK})
    return dropped(fault)


def after(fault: Fault | None, good: Answer) -> Answer:
    """The answer as the failure lets it through; what was done is done."""
    if fault is None or fault.kind in BEFORE:
        return good
    if fault.kind == "error_after":
        return answer(fault.status, _failed(fault.status), {**fault.headers, **MARK})
    if fault.kind in AFTER:
        return dropped(fault)
    if fault.kind == "html":
        return Answer(good.status, HTML, {**fault.headers, **MARK}, "text/html")
    return Answer(good.status, _broken(fault.kind, good.body), {**good.headers, **fault.headers, **MARK})


def _failed(status: int) -> Json:
    return body(status if status in {500, 503, 409} else 500)


def _broken(kind: str, good: bytes) -> bytes:
    if kind == "truncated":
        return good[: len(good) // 2]
    if kind == "malformed":
        return good.replace(b":", b"=", 3)
    return dump({name: WRONG.get(name, value) for name, value in load(good).items()})
