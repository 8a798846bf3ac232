"""PayPal: read and act through its REST APIs by plain HTTP; the SDK has no disputes, invoices or webhooks.

The API key is "client_id:client_secret" of a REST app; the webhook secret is the webhook's id (WH-… in the app's page).
"""

from __future__ import annotations

from datetime import datetime

from connectors.errors import BadSignature
from connectors.gateway import AccountAccess, Actor, Delivery, Gateway, Reader
from connectors.gateways.paypal.capabilities import CAPABILITIES
from connectors.gateways.paypal.harvest import harvest
from connectors.gateways.paypal.resources import RESOURCES


def _open_reader(access: AccountAccess) -> Reader:
    from connectors.gateways.paypal.read import PayPalReader

    return PayPalReader(access)


def _open_actor(access: AccountAccess) -> Actor:
    from connectors.gateways.paypal.act import PayPalActor

    return PayPalActor(access)


def _verify_webhook(body: bytes, header: str, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    raise BadSignature("PayPal signs with five headers; check its messages with `Gateway.verified`.")


def _verify_delivery(delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    from connectors.gateways.paypal.webhooks import verify_delivery

    return verify_delivery(delivery, secrets, now)


GATEWAY = Gateway(
    name="paypal",
    capabilities=CAPABILITIES,
    resources=RESOURCES,
    open_reader=_open_reader,
    open_actor=_open_actor,
    harvest=harvest,
    verify_webhook=_verify_webhook,
    verify_delivery=_verify_delivery,
    resource_of={"charge": "captures", "subscription": "subscriptions", "invoice": "invoices"},
    made_by={
        "refund": "refunds",
        "capture": "captures",
        "charge_again": "captures",
        "authorize": "authorizations",
    },
)
