"""Sending: every prepared mail is handed over at least once, and never twice but after an outcome that nobody knows.

One sender at a time holds var/mail/sender.lock. Before a mail's text goes out the books say so; after the answer they
say what it was. What a dead sender left between the two goes once more, with the same Message-ID, and is noted as such.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from filelock import FileLock, Timeout

from connectors.mail.addresses import reply_address
from connectors.mail.errors import MailDeferred, MailOutcomeUnknown, MailRefused, MailServerUnusable
from connectors.mail.message import Attachment, Mail, as_bytes
from connectors.mail.smtp import Connection
from counterfoil.paths import Paths
from flows.invoicing.mail_server import Post
from flows.invoicing.mail_text import mail_text
from flows.invoicing.mail_wishes import prepare_new
from warehouse.books.connection import open_books
from warehouse.books.documents import Document, DocumentChanged
from warehouse.books.documents_read import find, stored_pdf
from warehouse.books.mails import MailRecord, State, due, hand_over, note, orphaned, put_back
from warehouse.published import PublishedFile
from warehouse.state import transaction

GIVE_UP_AFTER = timedelta(days=4)
"""A mail that the server defers for so long is refused."""
Clock = Callable[[], datetime]


class SenderBusy(RuntimeError):
    """Another process is sending."""


class PdfMissing(RuntimeError):
    """The stored PDF is gone or was changed."""


@dataclass(slots=True)
class SendReport:
    """What became of the mails of one run."""

    prepared: int = 0
    accepted: int = 0
    repeated: int = 0
    refused: list[str] = field(default_factory=list)
    deferred: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    not_sent: list[str] = field(default_factory=list)
    """Documents that no mail was prepared for, and mails whose PDF cannot be used."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a flow's result."""
        return {name: getattr(self, name) for name in self.__slots__}


def send_new(paths: Paths, post: Post, *, clock: Clock, limit: int | None = None) -> SendReport:
    """Prepare the mails of new documents, then send all that are due, each tried once. At most `limit` are tried.

    Raises SenderBusy; MailServerUnusable after noting that nothing more can be sent now, with all mails kept.
    """
    with _only_sender(paths):
        report = SendReport()
        if paths.published.is_dir():
            with closing(PublishedFile(paths.published)) as published:
                report.prepared, report.not_sent = prepare_new(
                    paths, published, sender=post.mail.sender, since=post.mail.since, now=clock()
                )
        send_due(paths, post, report, clock=clock, limit=limit)
        return report


def send_due(paths: Paths, post: Post, report: SendReport, *, clock: Clock, limit: int | None = None) -> None:
    """Send what is prepared. The caller is the only sender."""
    with open_books(paths) as conn, transaction(conn):
        orphaned(conn, now=clock())
        mails = due(conn, limit)
    with Connection(post.server) as connection:
        for mail in mails:
            _send(paths, post, connection, mail, report, clock)


def _send(paths: Paths, post: Post, connection: Connection, mail: MailRecord, report: SendReport, clock: Clock) -> None:
    try:
        document, pdf = _document(paths, mail)
    except (PdfMissing, DocumentChanged) as error:
        report.not_sent.append(str(error))
        return
    content = as_bytes(compose(document, pdf, mail, post), post.dkim_key)
    try:
        words = connection.send(
            post.mail.sender, mail.recipient, content, before_data=lambda: _hand_over(paths, mail, clock())
        )
    except MailDeferred as error:
        _defer(paths, mail, document.number, error, report, clock())
    except MailRefused as error:
        _conclude(paths, mail, "refused", clock(), error.code, str(error))
        report.refused.append(f"{document.number}: {error}")
    except MailOutcomeUnknown as error:
        _conclude(paths, mail, "unknown", clock(), error.code, str(error))
        report.unknown.append(f"{document.number}: {error}")
    except MailServerUnusable as error:
        _put_back(paths, mail, clock(), error.code, str(error))
        raise
    else:
        _conclude(paths, mail, "accepted", clock(), 250, words)
        report.accepted += 1
        report.repeated += mail.state == "unknown"


def compose(document: Document, pdf: bytes, mail: MailRecord, post: Post) -> Mail:
    """The mail about a document; the same at every try."""
    text = mail_text(document)
    return Mail(
        message_id=mail.message_id,
        sender_name=document.data["seller"]["name"],
        sender=post.mail.sender,
        recipient=mail.recipient,
        reply_to=reply_address(post.mail.reply_to, document.document_id, post.reply_key),
        subject=text.subject,
        language=document.data["language"],
        date=mail.prepared_at,
        plain=text.plain,
        html=text.html,
        attachments=(Attachment(f"{document.number}.pdf", pdf),),
    )


def _document(paths: Paths, mail: MailRecord) -> tuple[Document, bytes]:
    with open_books(paths) as conn:
        document = find(conn, mail.document_id)
        stored = stored_pdf(conn, mail.document_id)
    if document is None or stored is None:
        raise PdfMissing(f"{mail.mail_key}: its document has no PDF; draw it.")
    path = paths.documents / stored.pdf_path
    pdf = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(pdf).hexdigest() != stored.pdf_sha256:
        raise PdfMissing(f"{document.number}: {path} is not the PDF that was stored; restore it from the last backup.")
    return document, pdf


def _hand_over(paths: Paths, mail: MailRecord, now: datetime) -> None:
    with open_books(paths) as conn, transaction(conn):
        hand_over(conn, mail, now=now)


def _conclude(paths: Paths, mail: MailRecord, state: State, now: datetime, code: int | None, sentence: str) -> None:
    with open_books(paths) as conn, transaction(conn):
        note(conn, mail.mail_key, state, now=now, code=code, sentence=sentence)


def _put_back(paths: Paths, mail: MailRecord, now: datetime, code: int | None, why: str) -> None:
    with open_books(paths) as conn, transaction(conn):
        put_back(conn, mail, now=now, code=code, why=why)


def _defer(paths: Paths, mail: MailRecord, number: str, error: MailDeferred, report: SendReport, now: datetime) -> None:
    if now - mail.prepared_at > GIVE_UP_AFTER:
        sentence = f"Given up after {GIVE_UP_AFTER.days} days of trying: {error}"
        _conclude(paths, mail, "refused", now, error.code, sentence)
        report.refused.append(f"{number}: {sentence}")
        return
    _put_back(paths, mail, now, error.code, str(error))
    report.deferred.append(f"{number}: {error}")


@contextmanager
def _only_sender(paths: Paths) -> Iterator[None]:
    place = paths.var / "mail" / "sender.lock"
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(str(place))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SenderBusy(f"Another process is sending mails now and holds {place}; wait until it has ended.") from None
    try:
        yield
    finally:
        lock.release()
