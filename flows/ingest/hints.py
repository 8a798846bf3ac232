"""The inbox: each file is a verified hint that an object changed. Fetch the objects again, land them, and be done.

A hint is moved to done/ only after its object is safe in landing: a kill in between fetches it once more, harmlessly.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from connectors.errors import GatewayError
from connectors.gateway import Gateway, Reader
from flows.ingest.pulling import land_objects

Open = Callable[[str], AbstractContextManager[tuple[Gateway, Reader]]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One hint in the inbox."""

    path: Path
    account: str
    resource: str
    object_id: str


@dataclass(slots=True)
class InboxReport:
    """What became of the hints."""

    handled: int = 0
    unreadable: int = 0
    """Moved to refused/: they are no hints of ours."""
    failed: dict[str, str] = field(default_factory=dict)
    """Account -> why its hints stay where they are, for the next run."""


def handle(inbox: Path, landing: Path, open_reader: Open) -> InboxReport:
    """Handle every waiting hint; an account that cannot be reached keeps its hints and never holds back the others."""
    report = InboxReport()
    by_account: dict[str, list[Waiting]] = {}
    for path in sorted(inbox.glob("*/*.json")):
        hint = _read(path)
        if hint is None:
            _move(path, "refused")
            report.unreadable += 1
        else:
            by_account.setdefault(hint.account, []).append(hint)
    for account, hints in by_account.items():
        try:
            with open_reader(account) as (gateway, reader):
                known = {resource.name for resource in gateway.resources}
                objects = sorted({(hint.resource, hint.object_id) for hint in hints if hint.resource in known})
                land_objects(reader, account, objects, landing)
        except (GatewayError, LookupError, ValueError) as error:
            report.failed[account] = str(error)
            continue
        for hint in hints:
            _move(hint.path, "done")
        report.handled += len(hints)
    return report


def _read(path: Path) -> Waiting | None:
    try:
        hint = json.loads(path.read_bytes())
        return Waiting(path, str(hint["account"]), str(hint["resource"]), str(hint["object_id"]))
    except (ValueError, KeyError, TypeError):
        return None


def _move(path: Path, folder: str) -> None:
    target = path.parent / folder
    target.mkdir(exist_ok=True)
    path.replace(target / path.name)
