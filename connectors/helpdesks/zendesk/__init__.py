"""Zendesk: tickets through its Support API, webhooks of a trigger, signed."""

from __future__ import annotations

from connectors.helpdesks.helpdesk import Helpdesk, HelpdeskAccess, HelpdeskClient
from connectors.helpdesks.zendesk.webhooks import receive


def _open(access: HelpdeskAccess) -> HelpdeskClient:
    from connectors.helpdesks.zendesk.client import ZendeskClient

    return ZendeskClient(access)


HELPDESK = Helpdesk(
    name="zendesk",
    title="Zendesk",
    open_client=_open,
    receive=receive,
    ticket_url="{base}/agent/tickets/{ticket_id}",
)
