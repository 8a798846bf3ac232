"""What the headers of a customer's mail say: where it was sent to, what it answers, whether a machine wrote it."""

from __future__ import annotations

import re
from email import policy
from email.message import Message
from email.parser import Parser
from email.utils import getaddresses

_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
MAX_HEADERS = 64_000


def parsed(source: str) -> Message:
    """The headers of a mail as it came; its body is left aside."""
    return Parser(policy=policy.compat32).parsestr(source[:MAX_HEADERS], headersonly=True)


def addresses_of(mail: Message) -> tuple[str, ...]:
    """All addresses that it was sent to."""
    written = [value for name in _RECIPIENTS for value in map(str, mail.get_all(name, []))]
    return tuple(dict.fromkeys(address for _, address in getaddresses(written) if address))


def references_of(mail: Message) -> tuple[str, ...]:
    """The Message-IDs that it answers, the nearest first."""
    written = " ".join(str(mail.get(name, "")) for name in ("references", "in-reply-to"))
    return tuple(dict.fromkeys(reversed(_MESSAGE_ID.findall(written))))


def is_automatic(mail: Message) -> bool:
    """Whether a machine wrote it (RFC 3834, and what was usual before): it gets no answer and makes no loop."""
    submitted = str(mail.get("auto-submitted", "no")).split(";")[0].strip().lower()
    precedence = str(mail.get("precedence", "")).strip().lower()
    sender = str(mail.get("return-path", "")).strip()
    others = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "list-id", "x-loop")
    return submitted != "no" or precedence in _BULK or sender == "<>" or any(name in mail for name in others)
