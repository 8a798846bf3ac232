"""Addresses: which are fit to be written to, the Message-ID of a mail, and reply addresses that say what they answer.

A reply address is `name+<token>@domain`. The token is the document's id with a keyed digest in base32, so that it lives
through servers that change case, and fits into the 64 letters of a local part.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32decode, b32encode
from uuid import UUID

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})+")
_DIGEST_BYTES = 10


class AddressInvalid(ValueError):
    """The text is no address that a mail can be sent to."""


class ReplyTokenInvalid(ValueError):
    """The address carries no token of ours."""


def mail_address(text: str) -> str:
    """The address as it goes on the wire: domain in ASCII and small letters. Raises AddressInvalid."""
    local, separator, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    if not separator or len(local) > 64 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise AddressInvalid(f"{text[:120]!r} is no address that a mail can be sent to; correct it at the gateway.")
    return f"{local}@{domain}"


def message_id(mail_key: str, sender: str) -> str:
    """The Message-ID of a mail: the same whenever it is sent."""
    return f"<{hashlib.sha256(mail_key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"


def reply_address(reply_to: str, document_id: str, key: bytes) -> str:
    """Where answers to the mail about a document go. `document_id` is a UUID, `key` a secret of 32 bytes."""
    raw = UUID(document_id).bytes
    token = b32encode(raw + _digest(raw, key)).decode().rstrip("=").lower()
    local, _, domain = reply_to.rpartition("@")
    return f"{local}+{token}@{domain}"


def document_of_reply(address: str, key: bytes) -> str:
    """The id of the document that a reply is about. Raises ReplyTokenInvalid for a forged or damaged token."""
    token = address.rpartition("@")[0].rpartition("+")[2].upper()
    try:
        raw = b32decode(token + "=" * (-len(token) % 8))
    except ValueError:
        raw = b""
    if len(raw) != 16 + _DIGEST_BYTES or not hmac.compare_digest(raw[16:], _digest(raw[:16], key)):
        raise ReplyTokenInvalid(f"{address[:120]!r} is no reply address of ours.")
    return str(UUID(bytes=raw[:16]))


def _digest(document: bytes, key: bytes) -> bytes:
    return hmac.new(key, b"reply:" + document, hashlib.sha256).digest()[:_DIGEST_BYTES]
