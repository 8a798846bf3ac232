"""The inbox: each file is a verified hint that an object changed. Fetch the objects again, land them, and be done.

A hint is moved to done/ only after its object is safe in landing: a kill in between fetches it once more, harmlessly.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from connectors.errors import GatewayError, NotAccepted, NotAuthorised, OutcomeUnknown
from connectors.gateway import Gateway, Page, Reader
from warehouse.landing import LandingWriter

Open = Callable[[str], AbstractContextManager[tuple[Gateway, Reader]]]
Key = tuple[str, str]
"""Resource and object id."""

AT_ONCE = 20
"""Objects that are fetched, landed and marked as done together: all of them count as seen when the first one was."""
SIDE_BY_SIDE = 4
_OF_THE_ACCOUNT = (NotAccepted, NotAuthorised, OutcomeUnknown)
"""Errors that the next object would meet too; others are of one object, and the rest goes on."""


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
    landed: dict[str, int] = field(default_factory=dict)
    """Account -> objects that were landed."""
    failed: dict[str, str] = field(default_factory=dict)
    """Account -> why hints of it stay where they are, for the next run."""


def handle(
    inbox: Path, landing: Path, open_reader: Open, *, on_begin: Callable[[], None] = lambda: None
) -> InboxReport:
    """Handle every waiting hint; an account that cannot be reached keeps its hints and never holds back the others.

    One at a time: a second call waits for the first. `on_begin` is called before the inbox is looked at.
    """
    inbox.mkdir(parents=True, exist_ok=True)
    with FileLock(inbox / ".handling.lock"):
        on_begin()
        report = InboxReport()
        for account, hints in _by_account(inbox, report).items():
            try:
                with open_reader(account) as (gateway, reader):
                    _handle_account(gateway, reader, account, hints, landing, report)
            except (GatewayError, LookupError, ValueError) as error:
                report.failed[account] = str(error)
        return report


def _by_account(inbox: Path, report: InboxReport) -> dict[str, list[Waiting]]:
    found: dict[str, list[Waiting]] = {}
    for path in sorted(inbox.glob("*/*.json")):
        hint = _read(path)
        if hint is None:
            _move(path, "refused")
            report.unreadable += 1
        else:
            found.setdefault(hint.account, []).append(hint)
    return found


def _handle_account(
    gateway: Gateway, reader: Reader, account: str, hints: list[Waiting], landing: Path, report: InboxReport
) -> None:
    known = {resource.name for resource in gateway.resources}
    by_object: dict[Key, list[Waiting]] = {}
    for hint in hints:
        by_object.setdefault((hint.resource, hint.object_id), []).append(hint)
    wanted = sorted(key for key in by_object if key[0] in known)
    for key in by_object.keys() - set(wanted):
        _done(by_object[key], report)
    for start in range(0, len(wanted), AT_ONCE):
        found, faults = fetched(reader, wanted[start : start + AT_ONCE])
        land_pages(landing, account, [page for page in found.values() if page is not None])
        report.landed[account] = report.landed.get(account, 0) + sum(page is not None for page in found.values())
        for key in found:
            _done(by_object[key], report)
        if faults:
            (resource, object_id), fault = next(iter(faults.items()))
            report.failed[account] = f"{resource} {object_id}: {fault}"
        if any(isinstance(fault, _OF_THE_ACCOUNT) for fault in faults.values()):
            return


def fetched(reader: Reader, keys: list[Key]) -> tuple[dict[Key, Page | None], dict[Key, GatewayError]]:
    """The objects as they stand now, some side by side; and those that could not be read, with the reason."""

    def one(key: Key) -> Page | None | GatewayError:
        try:
            return reader.fetch(*key)
        except GatewayError as error:
            return error

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        answers = dict(zip(keys, pool.map(one, keys), strict=True))
    found = {key: answer for key, answer in answers.items() if not isinstance(answer, GatewayError)}
    faults = {key: answer for key, answer in answers.items() if isinstance(answer, GatewayError)}
    return found, faults


def land_pages(landing: Path, account: str, pages: list[Page]) -> None:
    """Put pages into landing, one file for each resource; all count as seen when the first one was."""
    for resource in sorted({page.resource for page in pages}):
        of_one = [page for page in pages if page.resource == resource]
        with LandingWriter(landing, account, resource, min(page.seen_at for page in of_one)) as writer:
            for page in of_one:
                writer.add(page.body)


def _done(hints: list[Waiting], report: InboxReport) -> None:
    for hint in hints:
        _move(hint.path, "done")
    report.handled += len(hints)


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
