"""How a sandbox is set up: from the command line and the environment."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Settings of one sandbox.

    `settle_after` is seconds until what was submitted settles by itself (None: only on a control call). `caps` are the
    most ids that a search names: of transactions, and of anything else.
    """

    merchant_id: str = "sandbox_merchant"
    public_key: str = "sandbox_public"
    private_key: str = "sandbox_private"
    read_public_key: str = "sandbox_reader"
    control_token: str = "sandbox-control"
    webhook_url: str | None = None
    webhook_delays: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
    settle_after: float | None = None
    caps: tuple[int, int] = (20_000, 10_000)

    def __repr__(self) -> str:
        return f"Settings(merchant_id={self.merchant_id!r}, webhook_url={self.webhook_url!r})"

    @property
    def secret(self) -> str:
        """The account's secret as Counterfoil wants it."""
        return f"{self.merchant_id}:{self.public_key}:{self.private_key}"


def from_environment(webhook_url: str | None, settle_after: float | None) -> Settings:
    """SANDBOX_BRAINTREE_KEY as merchant:public:private, SANDBOX_CONTROL_TOKEN."""
    merchant, public, private = os.environ.get("SANDBOX_BRAINTREE_KEY", Settings().secret).split(":")
    return Settings(
        merchant_id=merchant,
        public_key=public,
        private_key=private,
        control_token=os.environ.get("SANDBOX_CONTROL_TOKEN", "sandbox-control"),
        webhook_url=webhook_url,
        settle_after=settle_after,
    )
