"""Handing mails to an SMTP server over a kept connection, and saying exactly how far each one got."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from connectors.mail.errors import MailDeferred, MailOutcomeUnknown, MailRefused, MailServerUnusable
from counterfoil.secrets import Secret

TIMEOUT_S = 60.0
_LOGIN_WANTED = {530, 534, 535, 538}
"""Answers that are about us, not about this mail."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how mails are handed over. `user` empty: no login."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password: Secret | None = None
    tls: ssl.SSLContext | None = None
    """None: the system's certificates, or those of SSL_CERT_FILE."""


class Connection:
    """A connection that is opened when it is first needed, kept, and opened again when the server has let go of it.

    Not for several threads.
    """

    def __init__(self, server: Server, *, timeout_s: float = TIMEOUT_S) -> None:
        self._server = server
        self._timeout_s = timeout_s
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye where there still is somebody."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (smtplib.SMTPException, OSError):
                self._smtp.close()
            self._smtp = None

    def send(self, sender: str, recipient: str, mail: bytes, *, before_data: Callable[[], None]) -> str:
        """Hand over one mail and return the server's words of acceptance.

        `before_data` is called once when sender and recipient are accepted, before any of the mail's text is sent:
        after it, only an answer of the server tells whether the mail was taken.
        Raises MailRefused, MailDeferred, MailOutcomeUnknown, MailServerUnusable.
        """
        smtp = self._envelope(sender, recipient)
        before_data()
        try:
            code, words = smtp.docmd("DATA")
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            # No text was sent, so nothing can have been taken.
            raise MailDeferred(f"The connection to {self._place} was lost at DATA: {_short(error)}") from None
        if code != 354:
            raise self._no(code, words, "DATA")
        return self._text(smtp, mail)

    def _text(self, smtp: smtplib.SMTP, mail: bytes) -> str:
        try:
            smtp.send(_stuffed(mail))
            code, words = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise MailOutcomeUnknown(
                f"The connection to {self._place} was lost while the mail was handed over, before the server said "
                f"whether it took it: {_short(error)}"
            ) from None
        if code == -1:
            self._drop()
            raise MailOutcomeUnknown(f"{self._place} answered the mail with something that is no SMTP.")
        if code != 250:
            raise self._no(code, words, "the mail")
        return _text_of(words)

    def _envelope(self, sender: str, recipient: str) -> smtplib.SMTP:
        """Sender and recipient accepted. A kept connection may have died since: then once more on a new one."""
        is_kept = self._smtp is not None
        try:
            return self._address(self._opened(), sender, recipient)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            if not is_kept:
                raise MailDeferred(
                    f"{self._place} closed the connection before the mail was handed over: {_short(error)}"
                ) from None
        try:
            return self._address(self._opened(), sender, recipient)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            raise MailDeferred(
                f"{self._place} closed the connection before the mail was handed over: {_short(error)}"
            ) from None

    def _address(self, smtp: smtplib.SMTP, sender: str, recipient: str) -> smtplib.SMTP:
        code, words = smtp.mail(sender)
        if code == 421 or code == -1:
            raise smtplib.SMTPServerDisconnected(_text_of(words))
        if code != 250:
            error = self._no(code, words, f"the sender {sender}")
            raise MailServerUnusable(str(error), code=code) if isinstance(error, MailRefused) else error
        code, words = smtp.rcpt(recipient)
        if code == 421 or code == -1:
            raise smtplib.SMTPServerDisconnected(_text_of(words))
        if code not in (250, 251):
            raise self._no(code, words, "the recipient")
        return smtp

    def _no(self, code: int, words: bytes, what: str) -> MailRefused | MailDeferred | MailServerUnusable:
        """The error for an answer that is no yes; the connection is made ready for the next mail."""
        self._reset(code)
        sentence = f"{self._place} did not accept {what}: {code} {_text_of(words)}"
        if code in _LOGIN_WANTED:
            return MailServerUnusable(sentence, code=code)
        return MailRefused(sentence, code=code) if 500 <= code <= 599 else MailDeferred(sentence, code=code)

    def _reset(self, code: int) -> None:
        try:
            if self._smtp is not None and code != 421:
                self._smtp.rset()
                return
        except (smtplib.SMTPException, OSError):
            pass
        self._drop()

    def _opened(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = self._open()
        return self._smtp

    def _open(self) -> smtplib.SMTP:
        server = self._server
        tls = server.tls or ssl.create_default_context()
        smtp: smtplib.SMTP | None = None
        try:
            if server.security == "tls":
                smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout_s, context=tls)
            else:
                smtp = smtplib.SMTP(server.host, server.port, timeout=self._timeout_s)
            if server.security == "starttls":
                smtp.starttls(context=tls)
            smtp.ehlo_or_helo_if_needed()
            if server.user and server.password:
                smtp.login(server.user, server.password.reveal())
        except smtplib.SMTPAuthenticationError as error:
            _closed(smtp)
            raise MailServerUnusable(
                f"{self._place} did not accept the login of {server.user}: {error.smtp_code}. Check [mail] user and "
                "COUNTERFOIL_MAIL_PASSWORD.",
                code=error.smtp_code,
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            _closed(smtp)
            raise MailServerUnusable(
                f"{self._place} cannot be used with security = {server.security!r}: {_short(error)}. Nothing was sent."
            ) from None
        return smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    @property
    def _place(self) -> str:
        return f"{self._server.host}:{self._server.port}"


def _closed(smtp: smtplib.SMTP | None) -> None:
    if smtp is not None:
        smtp.close()


def _stuffed(mail: bytes) -> bytes:
    """A dot at the beginning of a line doubled, and the line that ends the mail."""
    body = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
    if body.startswith(b"."):
        body = b"." + body
    return body.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _text_of(words: bytes) -> str:
    return " ".join(words.decode("utf-8", "replace").split())[:300]


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]
