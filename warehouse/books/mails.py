"""Mails in the books: prepared once per document, recipient and version, and noted before and after each hand-over.

The note before is what makes "never twice" true: a mail whose process died after it is not simply sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import duckdb

State = Literal["prepared", "handed over", "accepted", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Wish:
    """A mail that shall be sent."""

    document_id: str
    recipient: str
    version: int
    message_id: str

    @property
    def mail_key(self) -> str:
        return mail_key(self.document_id, self.recipient, self.version)


@dataclass(frozen=True, slots=True)
class MailRecord:
    """A mail as it stands in the books."""

    mail_key: str
    document_id: str
    recipient: str
    message_id: str
    state: State
    is_repeated: bool
    attempts: int
    prepared_at: datetime


_COLUMNS = "mail_key, document_id, recipient, message_id, state, is_repeated, attempts, prepared_at"


def mail_key(document_id: str, recipient: str, version: int) -> str:
    """One mail: the same document goes to the same recipient once per version."""
    return f"mail:{document_id}:{recipient}:{version}"


def prepare(conn: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], *, now: datetime) -> int:
    """Add those mails that are not there yet; return how many. The caller holds the transaction."""
    added = 0
    for wish in wishes:
        key = wish.mail_key
        if conn.execute("SELECT 1 FROM mails WHERE mail_key = $key", {"key": key}).fetchone():
            continue
        conn.execute(
            "INSERT INTO mails (mail_key, document_id, recipient, version, message_id, state, is_repeated, attempts,"
            " prepared_at, changed_at) VALUES ($key, $document, $recipient, $version, $message, 'prepared', false, 0,"
            " $now, $now)",
            {
                "key": key,
                "document": wish.document_id,
                "recipient": wish.recipient,
                "version": wish.version,
                "message": wish.message_id,
                "now": now,
            },
        )
        _event(conn, key, "prepared", now)
        added += 1
    return added


def due(conn: duckdb.DuckDBPyConnection, limit: int | None = None) -> list[MailRecord]:
    """Prepared mails, and those of unknown outcome that were not repeated yet; the oldest first."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM mails WHERE state = 'prepared' OR (state = 'unknown' AND NOT is_repeated)"  # noqa: S608
        " ORDER BY prepared_at, mail_key LIMIT $limit",
        {"limit": 2**62 if limit is None else limit},
    ).fetchall()
    return [MailRecord(*row) for row in rows]


def last_version(conn: duckdb.DuckDBPyConnection, document_id: str) -> tuple[str, int] | None:
    """Recipient and version of the newest mail about a document."""
    row = conn.execute(
        "SELECT recipient, version FROM mails WHERE document_id = $id ORDER BY version DESC, prepared_at DESC LIMIT 1",
        {"id": document_id},
    ).fetchone()
    return (str(row[0]), int(row[1])) if row else None


def orphaned(conn: duckdb.DuckDBPyConnection, *, now: datetime) -> int:
    """Make mails unknown whose sending process died before it noted an answer; return how many.

    The caller is the only sender (it holds the senders' lock), so that whatever is handed over has no living process.
    """
    sentence = "The process that sent it ended before it noted the server's answer."
    keys = [row[0] for row in conn.execute("SELECT mail_key FROM mails WHERE state = 'handed over'").fetchall()]
    for key in keys:
        note(conn, key, "unknown", now=now, sentence=sentence)
    return len(keys)


def hand_over(conn: duckdb.DuckDBPyConnection, mail: MailRecord, *, now: datetime) -> None:
    """Note that the mail's text is about to be sent."""
    conn.execute(
        "UPDATE mails SET attempts = attempts + 1, is_repeated = $repeated WHERE mail_key = $key",
        {"repeated": mail.is_repeated or mail.state == "unknown", "key": mail.mail_key},
    )
    sentence = "Sent once more, as the outcome of the try before is not known." if mail.state == "unknown" else None
    note(conn, mail.mail_key, "handed over", now=now, sentence=sentence)


def put_back(conn: duckdb.DuckDBPyConnection, mail: MailRecord, *, now: datetime, code: int | None, why: str) -> None:
    """The server did not take it now: it stands as it stood before this try."""
    conn.execute(
        "UPDATE mails SET is_repeated = $repeated, state = $state, changed_at = $now, code = $code, sentence = $why"
        " WHERE mail_key = $key",
        {
            "repeated": mail.is_repeated,
            "state": mail.state,
            "now": now,
            "code": code,
            "why": why,
            "key": mail.mail_key,
        },
    )
    _event(conn, mail.mail_key, "deferred", now, code, why)


def note(
    conn: duckdb.DuckDBPyConnection,
    key: str,
    state: State,
    *,
    now: datetime,
    code: int | None = None,
    sentence: str | None = None,
) -> None:
    """Set a mail's state, and keep what happened."""
    conn.execute(
        "UPDATE mails SET state = $state, changed_at = $now, code = $code, sentence = $sentence WHERE mail_key = $key",
        {"state": state, "now": now, "code": code, "sentence": sentence, "key": key},
    )
    _event(conn, key, state, now, code, sentence)


def _event(
    conn: duckdb.DuckDBPyConnection,
    key: str,
    event: str,
    now: datetime,
    code: int | None = None,
    sentence: str | None = None,
) -> None:
    conn.execute("INSERT INTO mail_events VALUES (?, ?, ?, ?, ?)", [key, now, event, code, sentence])
