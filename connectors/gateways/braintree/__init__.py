"""Braintree: read through plain HTTP, act through the official SDK, which is imported only when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connectors.gateway import AccountAccess, Actor, Gateway, Reader
from connectors.gateways.braintree.capabilities import CAPABILITIES
from connectors.gateways.braintree.harvest import harvest
from connectors.gateways.braintree.resources import RESOURCES


def _open_reader(access: AccountAccess) -> Reader:
    from connectors.gateways.braintree.read import BraintreeReader

    return BraintreeReader(access)


def _open_actor(access: AccountAccess) -> Actor:
    from connectors.gateways.braintree.act import BraintreeActor

    return BraintreeActor(access)


def _verify_webhook(body: bytes, header: str, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    from connectors.gateways.braintree.webhooks import verify_webhook

    return verify_webhook(body, header, secrets, now)


def _answer_challenge(query: Mapping[str, str], secrets: tuple[str, ...]) -> str:
    from connectors.gateways.braintree.webhooks import answer_challenge

    return answer_challenge(query, secrets)


GATEWAY = Gateway(
    name="braintree",
    capabilities=CAPABILITIES,
    resources=RESOURCES,
    open_reader=_open_reader,
    open_actor=_open_actor,
    harvest=harvest,
    verify_webhook=_verify_webhook,
    resource_of={"charge": "charges", "subscription": "subscriptions", "customer": "customers"},
    made_by={
        "refund": "refunds",
        "charge_again": "charges",
        "authorize": "charges",
        "create_subscription": "subscriptions",
    },
    answer_challenge=_answer_challenge,
)
