"""Replay: take answers from a file instead of calling the gateway, and land them as if they had been pulled.

A line is one answer as the gateway gave it (a list, an object, an event), or an envelope around one, as recording
proxies write it: {"response_body": …, "recorded_at": …}. Later lines, or later `recorded_at`s, are newer versions.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import orjson

from connectors.errors import UnexpectedShape
from connectors.gateway import Gateway
from warehouse.landing import LandingWriter

UNREADABLE = "unreadable"
"""The resource under which lines land that are no JSON; the load sets them aside with their text."""


class ReplayEmpty(ValueError):
    """There is nothing to replay."""


@dataclass(slots=True)
class ReplayReport:
    """What a replay landed: resource -> objects, versions of the same object counted each."""

    account: str
    rows: dict[str, int] = field(default_factory=dict)


def replay(gateway: Gateway, account: str, source: Path, landing: Path, *, now: datetime) -> ReplayReport:
    """Land every known object in the answers of a file, or of all *.ndjson, *.jsonl and *.gz files of a folder."""
    report = ReplayReport(account)
    answers = sorted(_answers(source), key=lambda answer: answer[0])
    if not answers:
        raise ReplayEmpty(
            f"{source} holds no line; give a file with one JSON answer a line, or a folder of such files."
        )
    with ExitStack() as stack:
        writers: dict[str, LandingWriter] = {}
        for _, body in answers:
            for resource, line in _objects(gateway, body):
                if resource not in writers:
                    writers[resource] = stack.enter_context(LandingWriter(landing, account, resource, now))
                writers[resource].add(line)
                report.rows[resource] = report.rows.get(resource, 0) + 1
    return report


def _objects(gateway: Gateway, body: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        yield from gateway.harvest(body)
    except UnexpectedShape:
        yield UNREADABLE, body.replace(b"\n", b" ")


def _answers(source: Path) -> Iterator[tuple[tuple[datetime, int], bytes]]:
    number = 0
    for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
        if not path.is_file() or path.name.startswith("_"):
            continue
        for line in _lines(path):
            number += 1
            at, body = _unwrapped(line)
            yield (at, number), body


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            if line.strip():
                yield line.strip()


def _unwrapped(line: bytes) -> tuple[datetime, bytes]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    if b'"response_body"' not in line:
        return epoch, line
    try:
        envelope = orjson.loads(line)
        body = envelope["response_body"]
        at = parsedate_to_datetime(envelope["recorded_at"]).astimezone(UTC) if "recorded_at" in envelope else epoch
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return epoch, line
    return at, body.encode() if isinstance(body, str) else orjson.dumps(body)
