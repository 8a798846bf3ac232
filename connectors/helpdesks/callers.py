"""Who opened a panel, as far as a helpdesk vouches for it: each folder's identity.py reads it out of the opening.

Zendesk and Intercom sign who the agent is, and when. Help Scout's frame signs the agent without saying when, so that
an address that leaked would be good for ever; Front and Freshdesk sign no agent at all. There the agent's own session
counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Literal

from connectors.helpdesks.registry import NAMES, HelpdeskUnknown
from counterfoil.settings import Helpdesk

Vouched = Literal["agent", "ticket", "helpdesk", "nothing"]
"""What the signature stands for: the agent, now; a ticket, at some time; only that it is this helpdesk; nothing."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How the panel was asked for."""

    helpdesk: Helpdesk
    query: tuple[tuple[str, str], ...] = ()
    """In the order in which they came: a signature may cover the order."""
    form: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom the helpdesk names. Empty where it names nobody."""

    vouched: Vouched
    agent_id: str = ""
    """The helpdesk's id of the agent."""
    agent_email: str = ""
    ticket_id: str = ""
    emails: tuple[str, ...] = ()
    """Addresses of the ticket's customer."""
    name: str = ""
    """The customer's name."""
    text: str = ""
    """Subject or first message, to look for ids in."""
    once: str = ""
    """What must be believed once only: a signature that could be sent again; empty where that does no harm."""


Identify = Callable[[Opening, Sequence[str], datetime], Caller]
"""(opening, secrets, now) -> caller. Raises BadSignature."""

ANCESTORS: dict[str, str] = {
    "zendesk": "",
    # The developer kit's apps are served from Freshworks' own hosts inside the helpdesk's page.
    "freshdesk": "https://*.freshworks.com https://*.freshdesk.com https://*.cloudfront.net",
    "helpscout": "https://secure.helpscout.net https://*.helpscout.com",
    "intercom": "",
    "front": "https://*.frontapp.com https://*.frontapplication.com",
}
"""Whose pages may show ours in a frame, beside the helpdesk's own address in the settings."""


SCRIPTS: dict[str, str] = {
    "zendesk": "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js",
    "front": "https://dl.frontapp.com/libs/plugin-sdk-1.8.1.min.js",
}
"""The script with which a page of ours in a frame asks the helpdesk which ticket it stands beside."""


@cache
def identify(kind: str) -> Identify:
    """How a helpdesk's openings are read. Raises HelpdeskUnknown."""
    if kind not in NAMES:
        raise HelpdeskUnknown(f"There is no helpdesk {kind!r}; there are: {', '.join(NAMES)}.")
    found: Identify = import_module(f"connectors.helpdesks.{kind}.identity").identify
    return found


def ancestors_of(helpdesk: Helpdesk) -> str:
    """The sources of `frame-ancestors` for one helpdesk; our own pages may stand around ours, too."""
    own = helpdesk.web_base or helpdesk.api_base
    return " ".join(part for part in ("'self'", own, ANCESTORS[helpdesk.kind]) if part)
