"""Help Scout: conversations through its Mailbox API 2.0, webhooks signed with HMAC-SHA1."""

from __future__ import annotations

from connectors.helpdesks.helpdesk import Helpdesk, HelpdeskAccess, HelpdeskClient
from connectors.helpdesks.helpscout.webhooks import receive


def _open(access: HelpdeskAccess) -> HelpdeskClient:
    from connectors.helpdesks.helpscout.client import HelpScoutClient

    return HelpScoutClient(access)


HELPDESK = Helpdesk(
    name="helpscout",
    title="Help Scout",
    open_client=_open,
    receive=receive,
    ticket_url="{base}/conversation/{ticket_id}",
    web_base="https://secure.helpscout.net",
)
