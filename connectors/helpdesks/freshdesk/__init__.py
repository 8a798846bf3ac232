"""Freshdesk: tickets through its API; its automation rules sign nothing, so that their word is a hint and no more."""

from __future__ import annotations

from connectors.helpdesks.freshdesk.webhooks import receive
from connectors.helpdesks.helpdesk import Helpdesk, HelpdeskAccess, HelpdeskClient


def _open(access: HelpdeskAccess) -> HelpdeskClient:
    from connectors.helpdesks.freshdesk.client import FreshdeskClient

    return FreshdeskClient(access)


HELPDESK = Helpdesk(
    name="freshdesk",
    title="Freshdesk",
    open_client=_open,
    receive=receive,
    ticket_url="{base}/a/tickets/{ticket_id}",
)
