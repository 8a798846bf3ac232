"""Recurly (API v2021-02-25): read and act through plain HTTP: its SDK takes no other host and gives no raw answers.

The API key is a private key of the site; the webhook secret is the key of the webhook endpoint (JSON payloads only).
"""

from __future__ import annotations

from datetime import datetime

from connectors.gateway import AccountAccess, Actor, Gateway, Reader
from connectors.gateways.recurly.capabilities import CAPABILITIES
from connectors.gateways.recurly.harvest import harvest
from connectors.gateways.recurly.resources import RESOURCES


def _open_reader(access: AccountAccess) -> Reader:
    from connectors.gateways.recurly.read import RecurlyReader

    return RecurlyReader(access)


def _open_actor(access: AccountAccess) -> Actor:
    from connectors.gateways.recurly.act import RecurlyActor

    return RecurlyActor(access)


def _verify_webhook(body: bytes, header: str, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    from connectors.gateways.recurly.webhooks import verify_webhook

    return verify_webhook(body, header, secrets, now)


GATEWAY = Gateway(
    name="recurly",
    capabilities=CAPABILITIES,
    resources=RESOURCES,
    open_reader=_open_reader,
    open_actor=_open_actor,
    harvest=harvest,
    verify_webhook=_verify_webhook,
    resource_of={
        "charge": "transactions",
        "customer": "accounts",
        "subscription": "subscriptions",
        "invoice": "invoices",
    },
    made_by={"refund": "transactions", "charge_again": "transactions", "create_subscription": "subscriptions"},
)
