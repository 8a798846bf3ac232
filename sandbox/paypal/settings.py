"""How a stand-in is set up: from the command line and the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

HEAD = "https://uri.paypal.com/services/"
READ = ("reporting/search/read", "payments/payment", "disputes/read-seller", "subscriptions", "invoicing/invoices/read")
READ_SCOPES = tuple(HEAD + name for name in (*READ, "applications/webhooks"))
WRITE = ("payments/refund", "payments/payment/authcapture", "invoicing/invoices/readwrite")
ALL_SCOPES = (*READ_SCOPES, *(HEAD + name for name in WRITE))


@dataclass(frozen=True)
class Client:
    """An app of the account: its secret, and what it may do."""

    secret: str
    scopes: tuple[str, ...] = ALL_SCOPES

    def __repr__(self) -> str:
        return f"Client(scopes={len(self.scopes)})"


@dataclass(frozen=True)
class Settings:
    """Settings of one stand-in.

    `token_seconds` is how long an access token lives, `report_delay` how many seconds a transaction takes to show in
    the transaction search, `most_results` how many one search may find. `settle_after` is seconds until a pending
    refund settles by itself (None: only on a control call); `webhook_delays` are seconds between attempts to deliver
    an event.
    """

    clients: Mapping[str, Client] = field(
        default_factory=lambda: {
            "sandbox-client": Client("sandbox-secret"),
            "sandbox-reader": Client("sandbox-secret", READ_SCOPES),
        }
    )
    control_token: str = "sandbox-control"
    webhook_url: str | None = None
    webhook_id: str = "WH-SANDBOX"
    webhook_delays: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
    token_seconds: int = 32_400
    report_delay: int = 0
    most_results: int = 10_000
    settle_after: float | None = None

    def __repr__(self) -> str:
        return f"Settings(webhook_url={self.webhook_url!r}, settle_after={self.settle_after!r})"


def from_environment(webhook_url: str | None, settle_after: float | None) -> Settings:
    """SANDBOX_PAYPAL_KEY ("client_id:client_secret"), SANDBOX_PAYPAL_WEBHOOK_ID, SANDBOX_CONTROL_TOKEN."""
    client, _, secret = os.environ.get("SANDBOX_PAYPAL_KEY", "sandbox-client:sandbox-secret").partition(":")
    return Settings(
        clients={client: Client(secret), "sandbox-reader": Client("sandbox-secret", READ_SCOPES)},
        control_token=os.environ.get("SANDBOX_CONTROL_TOKEN", "sandbox-control"),
        webhook_url=webhook_url,
        webhook_id=os.environ.get("SANDBOX_PAYPAL_WEBHOOK_ID", "WH-SANDBOX"),
        settle_after=settle_after,
    )
