"""Intercom: conversations through its API, webhooks signed with the app's client secret."""

from __future__ import annotations

from connectors.helpdesks.helpdesk import Helpdesk, HelpdeskAccess, HelpdeskClient
from connectors.helpdesks.intercom.webhooks import receive


def _open(access: HelpdeskAccess) -> HelpdeskClient:
    from connectors.helpdesks.intercom.client import IntercomClient

    return IntercomClient(access)


HELPDESK = Helpdesk(
    name="intercom",
    title="Intercom",
    open_client=_open,
    receive=receive,
    ticket_url="{base}/a/inbox/conversation/{ticket_id}",
    web_base="https://app.intercom.com",
)
