"""Freshdesk's webhooks: an automation rule's own header with a secret, because Freshdesk signs nothing.

Whoever knows the secret can make us read a ticket again, and no more. A rule's body is {"ticket_id": "{{ticket.id}}"}.
"""

from __future__ import annotations

from datetime import datetime

from connectors.gateway import Delivery
from connectors.helpdesks.helpdesk import Hint
from connectors.helpdesks.signatures import check, check_body, read_object, ticket_id_of

HEADER = "x-counterfoil-secret"


def receive(delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> Hint:
    """The ticket that a rule is about; no message has an id. Raises BadSignature or UnexpectedShape."""
    check_body(delivery.body)
    check(delivery.headers.get(HEADER, ""), secrets, lambda secret: secret)
    return Hint("", ticket_id_of(read_object(delivery.body).get("ticket_id")))
