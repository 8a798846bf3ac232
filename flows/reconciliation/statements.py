"""Waiting files of banks become landed lines: read, compared with what was landed before, and only then taken.

A line is known by its account, day, amount, and its place among equal ones of the day: overlapping statements, also of
different formats, give each line once. What an overlap contradicts is named, and nothing of that file is taken.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock

from connectors.banks.reading import Read, read_file
from connectors.banks.resources import LINES, STATEMENTS
from connectors.banks.statement import Line, Statement, StatementUnreadable
from connectors.money import Money
from counterfoil.bank_accounts import BankAccount
from counterfoil.paths import Paths
from counterfoil.settings import Settings, SettingsInvalid
from counterfoil.statement_inbox import Upload, file_of, finish, waiting
from warehouse.landing import SUFFIX, LandingWriter

NAMED = 5
"""So many contradictions are named in a sentence."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was landed of one bank account so far."""

    statements: tuple[dict[str, Any], ...]
    lines: dict[str, dict[str, Any]]
    """id -> line; without those that a correction took away."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a file brings to one bank account."""

    account: str
    lines: list[dict[str, Any]]
    statements: list[dict[str, Any]]
    new: int


def import_waiting(paths: Paths, settings: Settings, *, now: datetime) -> list[Upload]:
    """Handle every waiting file, the oldest first, and say of each what became of it. One call at a time."""
    folder = paths.inbox / "statements"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".importing.lock"):
        return [_handled(paths, settings, upload, now) for upload in waiting(paths.inbox)]


def _handled(paths: Paths, settings: Settings, upload: Upload, now: datetime) -> Upload:
    try:
        chosen = settings.bank_account(upload.bank_account) if upload.bank_account else None
        read = read_file(file_of(paths.inbox, upload), settings.bank_accounts, chosen)
        parts = [_compared(paths, account, statements, read, upload) for account, statements in _by_account(read)]
    except (StatementUnreadable, SettingsInvalid) as error:
        return finish(paths.inbox, upload, "refused", str(error))
    for part in parts:
        # The statements are landed last: where they are known, so are their lines.
        _land(paths.landing, part.account, LINES.name, part.lines, now)
        _land(paths.landing, part.account, STATEMENTS.name, part.statements, now)
    new = sum(part.new for part in parts)
    lines = sum(len(statement.lines) for _, statement in read.statements)
    names = ", ".join(sorted({account.name for account, _ in read.statements}))
    said = f"{len(read.statements)} statements of {names} with {lines} lines; {new} of them are new."
    return finish(paths.inbox, upload, "done", said)


def _by_account(read: Read) -> Iterator[tuple[BankAccount, list[Statement]]]:
    found: dict[str, tuple[BankAccount, list[Statement]]] = {}
    # A statement that stands twice in a file is one.
    for account, statement in dict.fromkeys(read.statements):
        found.setdefault(account.name, (account, []))[1].append(statement)
    yield from found.values()


def _compared(paths: Paths, account: BankAccount, statements: list[Statement], read: Read, upload: Upload) -> _Part:
    """Every account is compared before any is landed: a file is taken as a whole or not at all."""
    known = known_of(paths.landing, account.name)
    lines = _identified(line for statement in statements for line in statement.lines)
    against = _contradicted(known, statements, lines, account.currency)
    if against and not upload.is_correction:
        raise StatementUnreadable(_contradiction(account.name, list(against.values())))
    rows = [_statement_row(statement, read.format, upload) for statement in statements]
    of_line = {id(line): row["id"] for statement, row in zip(statements, rows, strict=True) for line in statement.lines}
    objects = [_line_row(name, line, of_line[id(line)], account.currency) for name, line in lines.items()]
    objects += [{"object": LINES.object_type, "id": name, "deleted": True} for name in against if name not in lines]
    return _Part(account.name, objects, rows, len(lines.keys() - known.lines.keys()))


def _contradiction(account: str, sentences: list[str]) -> str:
    more = f"; and {len(sentences) - NAMED} more lines" if len(sentences) > NAMED else ""
    return (
        f"The file contradicts what was imported before for {account}: {'; '.join(sentences[:NAMED])}{more}. "
        "Nothing of it was taken. If the bank corrected its statement, import it as a correction."
    )


def known_of(landing: Path, account: str) -> Known:
    """Everything that was landed of a bank account, the later version of a line in the place of the earlier one."""
    lines: dict[str, dict[str, Any]] = {}
    for row in _landed(landing / account / LINES.name):
        if row.get("deleted"):
            lines.pop(row["id"], None)
        else:
            lines[row["id"]] = row
    return Known(tuple(_landed(landing / account / STATEMENTS.name)), lines)


def _landed(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with gzip.open(path, "rb") as file:
            for page in file:
                yield from orjson.loads(page)["data"]


def _land(landing: Path, account: str, resource: str, rows: list[dict[str, Any]], now: datetime) -> None:
    if rows:
        with LandingWriter(landing, account, resource, now) as writer:
            writer.add(orjson.dumps({"object": "list", "data": rows}))


def _identified(lines: Iterable[Line]) -> dict[str, Line]:
    """id -> line. Equal amounts of a day are counted in the order of their references and texts."""
    same: defaultdict[tuple[date, int], list[Line]] = defaultdict(list)
    for line in lines:
        same[line.booked_on, line.amount_minor].append(line)
    return {
        f"{day}:{minor}:{place}": line
        for (day, minor), equal in same.items()
        for place, line in enumerate(sorted(equal, key=lambda line: (line.reference, line.text)), start=1)
    }


def _contradicted(known: Known, statements: list[Statement], lines: dict[str, Line], currency: str) -> dict[str, str]:
    """Line id -> sentence, of lines that only one side has on a day which both cover wholly."""
    found: dict[str, str] = {}
    for name, row in known.lines.items():
        day = date.fromisoformat(row["booked_on"])
        if name not in lines and any(statement.covers_wholly(day) for statement in statements):
            found[name] = f"{day} {Money(row['amount_minor'], currency)} ({row['text'][:60]}) is missing in it"
    before = [_before(row) for row in known.statements]
    for name, line in lines.items():
        if name not in known.lines and any(statement.covers_wholly(line.booked_on) for statement in before):
            amount = Money(line.amount_minor, currency)
            found[name] = f"{line.booked_on} {amount} ({line.text[:60]}) is new in it, on a day that was complete"
    return found


def _before(row: dict[str, Any]) -> Statement:
    since, until = date.fromisoformat(row["since"]), date.fromisoformat(row["until"])
    return Statement("", "", row["currency"], since, until, row["opening_minor"], row["closing_minor"], ())


def _statement_row(statement: Statement, kind: str, upload: Upload) -> dict[str, Any]:
    return {
        "object": STATEMENTS.object_type,
        "id": f"{upload.digest[:16]}:{statement.name}:{statement.since}:{statement.until}",
        "name": statement.name,
        "format": kind,
        "file_name": upload.file_name,
        "imported_by": upload.uploaded_by,
        "since": statement.since.isoformat(),
        "until": statement.until.isoformat(),
        "opening_minor": statement.opening_minor,
        "closing_minor": statement.closing_minor,
        "currency": statement.currency,
        "lines": len(statement.lines),
    }


def _line_row(name: str, line: Line, statement_id: str, currency: str) -> dict[str, Any]:
    return {
        "object": LINES.object_type,
        "id": name,
        "statement_id": statement_id,
        "booked_on": line.booked_on.isoformat(),
        "value_on": line.value_on.isoformat() if line.value_on else None,
        "amount_minor": line.amount_minor,
        "currency": currency,
        "text": line.text[:2_000],
        "counterparty": line.counterparty[:200],
        "reference": line.reference[:200],
        "kind": line.kind[:60],
    }
