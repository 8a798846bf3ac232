"""WooCommerce (REST API v3): read and act through plain HTTP. The payment of an order is a charge, its id the order's.

`api_base` is the shop's address; the API key is "ck_…:cs_…"; the webhook secret is the one of each webhook.
"""

from __future__ import annotations

from datetime import datetime

from connectors.errors import BadSignature
from connectors.gateway import AccountAccess, Actor, Delivery, Gateway, Reader
from connectors.gateways.woocommerce.capabilities import CAPABILITIES
from connectors.gateways.woocommerce.harvest import harvest
from connectors.gateways.woocommerce.resources import RESOURCES


def _open_reader(access: AccountAccess) -> Reader:
    from connectors.gateways.woocommerce.read import WooCommerceReader

    return WooCommerceReader(access)


def _open_actor(access: AccountAccess) -> Actor:
    from connectors.gateways.woocommerce.act import WooCommerceActor

    return WooCommerceActor(access)


def _verify_webhook(body: bytes, header: str, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    raise BadSignature("WooCommerce names the object in other headers; check its messages with `Gateway.verified`.")


def _verify_delivery(delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    from connectors.gateways.woocommerce.webhooks import verify_delivery

    return verify_delivery(delivery, secrets)


GATEWAY = Gateway(
    name="woocommerce",
    capabilities=CAPABILITIES,
    resources=RESOURCES,
    open_reader=_open_reader,
    open_actor=_open_actor,
    harvest=harvest,
    verify_webhook=_verify_webhook,
    verify_delivery=_verify_delivery,
    resource_of={"charge": "orders", "order": "orders", "customer": "customers"},
)
