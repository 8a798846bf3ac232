"""A real SMTP server that fails as it is told, and an installation with documents to send."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from connectors.mail.smtp import Server
from counterfoil.paths import Paths
from counterfoil.settings import Mail
from flows.invoicing.issuing import issue_rows
from flows.invoicing.mail_server import Post
from flows.invoicing.storage import pdf_path, store
from sandbox.mailbox.server import Mailbox, free_port
from tests.invoicing.builders import NOW, payment, refund, settings
from warehouse.books.connection import open_books
from warehouse.books.documents import Document
from warehouse.books.documents_read import StoredPdf, mark_drawn, undrawn
from warehouse.connection import connect
from warehouse.publish import POINTER, SUFFIX
from warehouse.state import transaction


@dataclass
class PostOffice:
    """What arrived, and what goes wrong with the next mails: one word each, "fine" when there are no more.

    Words: fine, drop at mail, drop at rcpt, drop at data, drop after data, 451 at rcpt, 450 after data, 550 at rcpt,
    554 after data, 553 at mail, 421 at mail.
    """

    port: int = 0
    faults: list[str] = field(default_factory=list)
    arrived: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    connections: int = 0
    on_data: Callable[[], None] = lambda: None
    on_answered: Callable[[], None] = lambda: None
    _now: str = "fine"

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._now = self.faults.pop(0) if self.faults else "fine"
        if self._now == "drop at mail":
            _abort(server)
        if self._now.endswith("at mail"):
            return f"{self._now.split()[0]} no sender today"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._now == "drop at rcpt":
            _abort(server)
        if self._now.endswith("at rcpt"):
            return f"{self._now.split()[0]} not this one"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._now in ("450 after data", "554 after data"):
            return f"{self._now[:3]} read and not taken"
        content = envelope.original_content or b""
        self.raw.append(content)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        self.on_data()
        if self._now == "drop after data":
            _abort(server)
        return "250 Taken"


def _abort(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


class TellingSmtp(SMTP):
    """Drops some connections at DATA, and tells the office when an acceptance has gone out."""

    async def push(self, status: Any) -> None:
        await super().push(status)
        if status == "250 Taken":
            self.event_handler.on_answered()

    async def smtp_DATA(self, arg: str) -> None:
        if self.event_handler._now == "drop at data":
            _abort(self)
            return
        await super().smtp_DATA(arg)


class Office(Mailbox):
    """The server itself."""

    def factory(self) -> SMTP:
        return TellingSmtp(self.handler, **self.SMTP_kwargs)


@contextmanager
def post_office(**smtp: Any) -> Iterator[PostOffice]:
    """A server on 127.0.0.1 until the block ends."""
    office = PostOffice(port=free_port())
    controller = Office(office, office.port, **smtp)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def login_is(user: str, password: str) -> Callable[..., AuthResult]:
    """For post_office(authenticator=…)."""

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        is_right = data.login == user.encode() and data.password == password.encode()
        return AuthResult(success=is_right, handled=False)

    return check


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1 that nobody else vouches for, and the server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def post(port: int, **changes: Any) -> Post:
    """Ours, at that port."""
    mail = Mail(
        host="127.0.0.1",
        port=port,
        security="none",
        sender="billing@example.com",
        reply_to="answers@example.com",
        since=date(2026, 1, 1),
    )
    server = Server("127.0.0.1", port, **({"security": "none"} | changes))
    return Post(mail, server, None, b"k" * 32)


def installation(var: Path, *, payments: int = 1, refunds: int = 0, charge_status: str = "succeeded") -> Paths:
    """Documents of so many payments and refunds, with stored PDFs, and the published file that knows of them."""
    paths = Paths(var)
    rows = [
        payment(charge_id=f"ch_{n}", email=f"payer{n}@example.org", created_at=NOW - timedelta(days=9 - n))
        for n in range(payments)
    ]
    back = [refund(charge_id=f"ch_{n}", refund_id=f"re_{n}", created_at=NOW) for n in range(refunds)]
    issue_rows(paths, settings(var), rows, back, now=NOW)
    with open_books(paths) as conn, transaction(conn):
        mark_drawn(conn, [_stored(paths, document) for document in undrawn(conn, 1000)], now=NOW)
    paths.published.mkdir(exist_ok=True)
    with connect(paths.published / f"1{SUFFIX}") as conn:
        conn.execute(
            "CREATE SCHEMA canonical; CREATE TABLE canonical.charges"
            " (gateway VARCHAR, account VARCHAR, charge_id VARCHAR, status VARCHAR); CREATE TABLE canonical.refunds"
            " (gateway VARCHAR, account VARCHAR, refund_id VARCHAR, status VARCHAR);"
        )
        for row in rows:
            conn.execute(
                "INSERT INTO canonical.charges VALUES ('stripe', 'stripe/eu', ?, ?)", [row.charge_id, charge_status]
            )
        for one in back:
            conn.execute(
                "INSERT INTO canonical.refunds VALUES ('stripe', 'stripe/eu', ?, 'succeeded')", [one.refund_id]
            )
    (paths.published / POINTER).write_text("1")
    return paths


def _stored(paths: Paths, document: Document) -> StoredPdf:
    """A short stand-in for the drawing, which has tests of its own."""
    import hashlib

    pdf = b"%PDF-1.7 " + document.document_id.encode()
    store(paths.documents / pdf_path(document), pdf)
    return StoredPdf(document.document_id, pdf_path(document), hashlib.sha256(pdf).hexdigest())


def mails(paths: Paths) -> list[tuple[str, bool, int]]:
    """State, whether it was repeated, and how often its text was sent; in the order of preparing."""
    with open_books(paths) as conn:
        return conn.execute("SELECT state, is_repeated, attempts FROM mails ORDER BY prepared_at, mail_key").fetchall()


def events(paths: Paths) -> list[str]:
    """What happened to all mails, in order."""
    with open_books(paths) as conn:
        return [row[0] for row in conn.execute("SELECT event FROM mail_events ORDER BY rowid").fetchall()]
