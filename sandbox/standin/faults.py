"""Failures on demand. Each is queued for a method and a path pattern, and used up by the requests that match."""

from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase

from sandbox.standin.api import Api
from sandbox.standin.messages import Answer, Json, Request

BEFORE = {"rate_limited", "error_before", "timeout_before", "drop_before", "slow"}
AFTER = {"error_after", "timeout_after", "drop_after"}
GARBLED = {"malformed", "truncated", "html"}
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
    path: str = "*"
    count: int = 1
    skip: int = 0
    seconds: float = 30.0
    status: int = 500
    retry_after: int = 1
    headers: dict[str, str] = field(default_factory=dict)


class Faults:
    """The queue of failures, in the order in which they were asked for."""

    def __init__(self) -> None:
        self.queue: list[Fault] = []

    def add(self, wanted: Json) -> None:
        """Queue a failure; raises ValueError for a kind that does not exist, TypeError for an unknown field."""
        if wanted.get("kind") not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}")
        self.queue.append(Fault(**wanted))

    def listed(self) -> list[Json]:
        """What is still to happen."""
        return [asdict(fault) for fault in self.queue]

    def take(self, request: Request) -> Fault | None:
        """The failure that this request gets, if any; it is counted as used."""
        for fault in self.queue:
            if fault.method not in ("*", request.method) or not fnmatchcase(request.path, fault.path):
                continue
            if fault.skip:
                fault.skip -= 1
                return None
            fault.count -= 1
            if fault.count <= 0:
                self.queue.remove(fault)
            return fault
        return None


def before(fault: Fault | None, api: Api) -> Answer | None:
    """The answer that takes the place of executing anything."""
    if fault is None or fault.kind not in BEFORE or fault.kind == "slow":
        return None
    if fault.kind == "rate_limited":
        return api.rate_limited(fault.retry_after)
    if fault.kind == "error_before":
        return api.broken(fault.status)
    return _dropped(fault)


def garbled(fault: Fault | None, good: Answer, api: Api) -> Answer:
    """The answer as the failure lets it through; what was done is done."""
    if fault is None or fault.kind in BEFORE:
        return good
    if fault.kind == "error_after":
        return api.broken(fault.status)
    if fault.kind in AFTER:
        return _dropped(fault)
    if fault.kind == "html":
        return Answer(good.status, HTML, fault.headers, "text/html")
    cut = good.body[: len(good.body) // 2] if fault.kind == "truncated" else good.body.replace(b":", b"=", 3)
    return Answer(good.status, cut, {**good.headers, **fault.headers})


def _dropped(fault: Fault) -> Answer:
    seconds = fault.seconds if fault.kind.startswith("timeout") else 0.0
    return Answer(0, b"", is_dropped=True, seconds=seconds)
