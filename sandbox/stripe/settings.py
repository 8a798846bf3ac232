"""How a sandbox is set up: from the command line and the environment."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.standin.settings import Scope as Scope


@dataclass(frozen=True)
class Settings:
    """Settings of one sandbox.

    `settle_after` is seconds until a pending refund settles by itself (None: only on a control call). `restricted` maps
    restricted keys to their permissions. `webhook_delays` are seconds between attempts to deliver an event.
    """

    key: str = "sk_test_sandbox"
    restricted: Mapping[str, dict[str, str]] = field(default_factory=lambda: {"rk_test_sandbox": {"*": "read"}})
    control_token: str = "sandbox-control"
    webhook_url: str | None = None
    webhook_secret: str = "whsec_sandbox"
    webhook_delays: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
    settle_after: float | None = None

    def __repr__(self) -> str:
        return f"Settings(webhook_url={self.webhook_url!r}, settle_after={self.settle_after!r})"


def from_environment(webhook_url: str | None, webhook_secret: str | None, settle_after: float | None) -> Settings:
    """SANDBOX_STRIPE_KEY, _READ_KEY, _RESTRICTED (JSON: key -> {permission: level}), SANDBOX_CONTROL_TOKEN."""
    read_key = os.environ.get("SANDBOX_STRIPE_READ_KEY", "rk_test_sandbox")
    more = json.loads(os.environ.get("SANDBOX_STRIPE_RESTRICTED", "{}"))
    return Settings(
        key=os.environ.get("SANDBOX_STRIPE_KEY", "sk_test_sandbox"),
        restricted={read_key: {"*": "read"}, **more},
        control_token=os.environ.get("SANDBOX_CONTROL_TOKEN", "sandbox-control"),
        webhook_url=webhook_url,
        webhook_secret=webhook_secret or os.environ.get("SANDBOX_STRIPE_WEBHOOK_SECRET", "whsec_sandbox"),
        settle_after=settle_after,
    )
