"""Front: conversations through its core API; webhooks of an application or of a rule, each with a scheme of its own."""

from __future__ import annotations

from connectors.helpdesks.front.webhooks import receive
from connectors.helpdesks.helpdesk import Helpdesk, HelpdeskAccess, HelpdeskClient


def _open(access: HelpdeskAccess) -> HelpdeskClient:
    from connectors.helpdesks.front.client import FrontClient

    return FrontClient(access)


HELPDESK = Helpdesk(
    name="front",
    title="Front",
    open_client=_open,
    receive=receive,
    ticket_url="{base}/open/{ticket_id}",
    web_base="https://app.frontapp.com",
)
