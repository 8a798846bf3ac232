"""A mail as bytes: plain and HTML parts, attachments, and the headers that keep machines from answering it.

The same `Mail` gives the same bytes, but for the DKIM signature, which holds the time of signing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime

import dkim

from connectors.mail.errors import MailServerUnusable
from counterfoil.secrets import Secret

_POLICY = SMTP.clone(cte_type="7bit")  # no server need be asked whether it takes eight bits
_SIGNED = [
    name.encode()
    for name in "from to reply-to subject date message-id mime-version content-type auto-submitted".split()
]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with the mail."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient. Addresses are as `mail_address` gives them."""

    message_id: str
    sender_name: str
    sender: str
    recipient: str
    reply_to: str
    subject: str
    language: str
    date: datetime
    plain: str
    html: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class DkimKey:
    """An RSA key in PEM whose public half stands at <selector>._domainkey.<domain>."""

    selector: str
    domain: str
    key: Secret


def as_bytes(mail: Mail, dkim_key: DkimKey | None = None) -> bytes:
    """The mail in the form of RFC 5322 with CRLF, signed where a key is given. A bad key raises MailServerUnusable."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(mail.sender_name, addr_spec=mail.sender)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Reply-To"] = Address(addr_spec=mail.reply_to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.plain)
    message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        message.add_attachment(
            attachment.content,
            maintype="application",
            subtype="pdf",
            filename=attachment.name,
            disposition="attachment",
        )
    message["Content-Language"] = mail.language  # last: setting content clears all Content- headers
    _fix_boundaries(message, mail.message_id)
    raw = message.as_bytes()
    return _signature(raw, dkim_key) + raw if dkim_key else raw


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    """Boundaries from the Message-ID instead of chance, so that a mail sent again is the same mail."""
    parts: list[MIMEPart] = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(parts):
        part.set_boundary(f"=_{hashlib.sha256(f'{message_id} {number}'.encode()).hexdigest()[:32]}")


def _signature(raw: bytes, key: DkimKey) -> bytes:
    try:
        header: bytes = dkim.sign(
            raw,
            key.selector.encode(),
            key.domain.encode(),
            key.key.reveal().encode(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=_SIGNED,
        )
    except (dkim.DKIMException, ValueError) as error:
        raise MailServerUnusable(
            f"The DKIM key for {key.selector}._domainkey.{key.domain} cannot be used ({type(error).__name__}): "
            "COUNTERFOIL_MAIL_DKIM_KEY must hold an RSA private key in PEM (PKCS#1 or PKCS#8)."
        ) from None
    return header
