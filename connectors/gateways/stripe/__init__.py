"""Stripe: read through plain HTTP, act and verify through the official SDK, which is imported only when it is used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connectors.gateway import AccountAccess, Actor, Gateway, Page, Reader
from connectors.gateways.stripe.capabilities import CAPABILITIES
from connectors.gateways.stripe.harvest import harvest
from connectors.gateways.stripe.resources import RESOURCES


def _open_reader(access: AccountAccess) -> Reader:
    from connectors.gateways.stripe.read import StripeReader

    return StripeReader(access)


def _open_actor(access: AccountAccess) -> Actor:
    from connectors.gateways.stripe.act import StripeActor

    return StripeActor(access)


def _of_customer(reader: Reader, customer_id: str) -> Iterator[Page]:
    from connectors.gateways.stripe.read import StripeReader

    assert isinstance(reader, StripeReader)
    return reader.of_customer(customer_id)


def _verify_webhook(body: bytes, header: str, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    from connectors.gateways.stripe.webhooks import verify_webhook

    return verify_webhook(body, header, secrets, now)


GATEWAY = Gateway(
    name="stripe",
    capabilities=CAPABILITIES,
    resources=RESOURCES,
    open_reader=_open_reader,
    open_actor=_open_actor,
    harvest=harvest,
    verify_webhook=_verify_webhook,
    of_customer=_of_customer,
    resource_of={
        "charge": "charges",
        "customer": "customers",
        "subscription": "subscriptions",
        "invoice": "invoices",
    },
    made_by={
        "refund": "refunds",
        "charge_again": "charges",
        "authorize": "charges",
        "void": "payment_intents",
        "create_subscription": "subscriptions",
    },
)
