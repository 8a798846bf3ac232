"""What holds for every gateway that is installed."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from connectors.actions import ACTIONS
from connectors.registry import GROUP, GatewayUnknown, gateway, gateway_of

NAMES = sorted(entry.name for entry in entry_points(group=GROUP))


@pytest.mark.parametrize("name", NAMES)
def test_charges_and_refunds_are_among_the_resources(name: str) -> None:
    found = gateway(name)
    resources = {resource.name for resource in found.resources}
    assert {*found.resource_of.values(), *found.made_by.values()} <= resources
    assert {"charge"} <= set(found.resource_of)
    assert set(found.made_by) <= set(ACTIONS)


@pytest.mark.parametrize("name", NAMES)
def test_every_absent_action_has_a_reason_and_is_not_offered(name: str) -> None:
    capabilities = gateway(name).capabilities
    assert capabilities.gateway == name
    assert all(reason.endswith(".") for reason in capabilities.absent.values())
    assert set(capabilities.absent) | set(capabilities.actions) <= set(ACTIONS)
    assert not set(capabilities.absent) & set(capabilities.actions)


def test_an_unknown_gateway_is_refused_with_the_known_ones() -> None:
    with pytest.raises(GatewayUnknown, match="stripe"):
        gateway_of("adyen/eu")
