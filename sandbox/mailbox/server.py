"""The mailbox: takes mail for everybody, sends none on, and keeps each as one .eml file that is there whole or not."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Writes mails to `folder`, one file each: <time>-<digest>.eml, with the envelope in the first lines."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.original_content or b""
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        name = (
            f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{next(self._numbers):06d}-{hashlib.sha256(content).hexdigest()[:8]}"
        )
        temporary = self._folder / f".{name}.part"
        temporary.write_bytes(head + content)
        temporary.rename(self._folder / f"{name}.eml")
        return "250 Kept"


class Mailbox(Controller):
    """On 127.0.0.1 only."""

    def __init__(self, handler: Any, port: int, **settings: Any) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=port, **settings)


@contextmanager
def running(folder: Path, *, port: int = 0) -> Iterator[int]:
    """Serve until the block ends; yields the port."""
    chosen = port or free_port()
    mailbox = Mailbox(Keeper(folder), chosen)
    mailbox.start()
    try:
        yield chosen
    finally:
        mailbox.stop()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
