"""A system of the company's own: objects come in by import, actions go out as signed webhooks.

`api_base` is the host of the company's endpoint; the API key is the secret ("whsec_…") that signs our requests.
The protocol, with examples: docs/custom-gateway.md.
"""

from __future__ import annotations

from connectors.gateway import AccountAccess, Actor, Gateway, Reader
from connectors.gateways.custom.capabilities import CAPABILITIES
from connectors.gateways.custom.harvest import harvest
from connectors.gateways.custom.resources import RESOURCES
from connectors.gateways.custom.webhooks import verify_delivery, verify_webhook


def _open_reader(access: AccountAccess) -> Reader:
    from connectors.gateways.custom.read import CustomReader

    return CustomReader(access)


def _open_actor(access: AccountAccess) -> Actor:
    from connectors.gateways.custom.act import CustomActor

    return CustomActor(access)


GATEWAY = Gateway(
    name="custom",
    capabilities=CAPABILITIES,
    resources=RESOURCES,
    open_reader=_open_reader,
    open_actor=_open_actor,
    harvest=harvest,
    verify_webhook=verify_webhook,
    verify_delivery=verify_delivery,
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
        "create_subscription": "subscriptions",
    },
    takes_imports=True,
)
