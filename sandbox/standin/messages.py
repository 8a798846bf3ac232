"""A request as it came in, and an answer as it goes out."""

from dataclasses import dataclass, field
from typing import Any

import orjson

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One HTTP request. `wall` is the machine's clock, `mono` the monotonic one, both at arrival, in seconds."""

    method: str
    path: str
    query: bytes
    headers: dict[str, str]
    body: bytes
    wall: float
    mono: float


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `is_dropped` cuts the connection instead, after `seconds` of silence."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    is_dropped: bool = False
    seconds: float = 0.0


class Turned(Exception):
    """A request is turned away with this answer; nothing was changed."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    """A JSON answer."""
    return Answer(status, orjson.dumps(body), headers or {})
