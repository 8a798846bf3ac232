"""Failures on demand. Each is queued for a method and a path pattern, and used up by the requests that match."""

from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase

from sandbox.stripe.errors import rate_limited, server_error
from sandbox.stripe.messages import Answer, Request, answer
from sandbox.stripe.wire import Json, dump, load

BEFORE = {"rate_limited", "error_before", "timeout_before", "drop_before", "slow"}
AFTER = {"error_after", "timeout_after", "drop_after"}
GARBLED = {"malformed", "truncated", "html", "wrong_types"}
KINDS = BEFORE | AFTER | GARBLED
HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"


@dataclass
class Fault:
    """One queued failure.

    `count` requests get it, after `skip` matching ones passed untouched. `seconds` is how long a time-out hangs before
    the connection drops, or how slow a slow answer is. `status` is that of the `error_*` kinds.
    """

    kind: str
    method: str = "POST"
    path: str = "/v1/*"
    count: int = 1
    skip: int = 0
    seconds: float = 30.0
    status: int = 500
    retry_after: int = 1
    headers: dict[str, str] = field(default_factory=dict)

    def matches(self, request: Request) -> bool:
        """Whether this failure is meant for a request."""
        return self.method in ("*", request.method) and fnmatchcase(request.path, self.path)


class Faults:
    """The queue of failures, in the order in which they were asked for."""

    def __init__(self) -> None:
        self.queue: list[Fault] = []

    def add(self, wanted: Json) -> Fault:
        """Queue a failure; raises ValueError for a kind that does not exist, TypeError for an unknown field."""
        if wanted.get("kind") not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}")
        fault = Fault(**wanted)
        self.queue.append(fault)
        return fault

    def listed(self) -> list[Json]:
        """What is still to happen."""
        return [asdict(fault) for fault in self.queue]

    def take(self, request: Request) -> Fault | None:
        """The failure that this request gets, if any; it is counted as used."""
        for fault in self.queue:
            if not fault.matches(request):
                continue
            if fault.skip:
                fault.skip -= 1
                return None
            fault.count -= 1
            if fault.count <= 0:
                self.queue.remove(fault)
            return fault
        return None


def before(fault: Fault | None) -> Answer | None:
    """The answer that takes the place of executing anything."""
    if fault is None or fault.kind not in BEFORE or fault.kind == "slow":
        return None
    if fault.kind == "rate_limited":
        headers = {"Retry-After": str(fault.retry_after), "Stripe-Should-Retry": "true", **fault.headers}
        return answer(429, rate_limited(), headers)
    if fault.kind == "error_before":
        return answer(fault.status, server_error(), fault.headers)
    return dropped(fault)


def dropped(fault: Fault) -> Answer:
    """A connection that is cut: at once, or after having hung."""
    seconds = fault.seconds if fault.kind.startswith("timeout") else 0.0
    return Answer(0, b"", is_dropped=True, seconds=seconds)


def garbled(fault: Fault | None, good: Answer) -> Answer:
    """The answer as the failure lets it through; what was done is done."""
    if fault is None or fault.kind in BEFORE:
        return good
    if fault.kind == "error_after":
        return answer(fault.status, server_error(), fault.headers)
    if fault.kind in AFTER:
        return dropped(fault)
    if fault.kind == "html":
        return Answer(good.status, HTML, fault.headers, "text/html")
    return Answer(good.status, _broken(fault.kind, good.body), {**good.headers, **fault.headers})


def _broken(kind: str, body: bytes) -> bytes:
    if kind == "truncated":
        return body[: len(body) // 2]
    if kind == "malformed":
        return body.replace(b":", b"=", 3)
    return dump(_wrongly_typed(load(body)))


def _wrongly_typed(obj: Json) -> Json:
    if isinstance(obj.get("data"), list):
        return {**obj, "data": [_wrongly_typed(part) for part in obj["data"]]}
    wrong = {"id": 12345, "amount": "lots", "created": "yesterday", "status": ["succeeded"], "currency": 978}
    return {name: wrong.get(name, value) for name, value in obj.items()}
