"""Stripe, held to what every gateway must do."""

from __future__ import annotations

from typing import ClassVar

import pytest

from connectors.gateway import AccountAccess, Gateway
from connectors.gateways.stripe import GATEWAY
from tests.connectors.conformance import ActionConformance, ActionScene, Conformance, Scene
from tests.connectors.conftest import Till
from tests.connectors.stripe_scene import StripeScene


class TestStripe(Conformance):
    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> Scene:
        return StripeScene(access, till)


class TestStripeActions(ActionConformance):
    gateway: ClassVar[Gateway] = GATEWAY

    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> ActionScene:
        return StripeScene(access, till)
