"""Which gateways there are: ours and private ones, found by the entry point group `counterfoil.gateways`."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from connectors.banks.resources import RESOURCES as BANK_RESOURCES
from connectors.banks.resources import SOURCE as BANK
from connectors.gateway import Gateway, Resource

GROUP = "counterfoil.gateways"


class GatewayUnknown(LookupError):
    """No installed package offers a gateway of this name."""


@cache
def gateway(name: str) -> Gateway:
    """Return the gateway called `name`; the SDK behind it is imported only when an account is opened."""
    for entry in entry_points(group=GROUP, name=name):
        found = entry.load()
        if not isinstance(found, Gateway):
            raise GatewayUnknown(f"The entry point {entry.value} of {GROUP} is not a Gateway.")
        return found
    known = ", ".join(gateway_names()) or "none"
    raise GatewayUnknown(f"No gateway {name!r} is installed; there are: {known}.")


def resources_of(source: str) -> tuple[Resource, ...]:
    """What is landed of a source: of a gateway, or of "bank". Raises GatewayUnknown."""
    return BANK_RESOURCES if source == BANK else gateway(source).resources


def gateway_names() -> list[str]:
    """The names of all installed gateways, in order."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def gateway_of(account: str) -> Gateway:
    """Return the gateway of an account: `stripe` of "stripe/eu"."""
    return gateway(account.partition("/")[0])
