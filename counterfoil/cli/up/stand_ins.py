"""The stand-in gateways of the sandbox: how each is started, and the keys that open it and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from counterfoil.settings import Account, Settings


@dataclass(frozen=True, slots=True)
class StandIn:
    """One gateway's stand-in: what Counterfoil must know to speak to it. These keys are no secrets."""

    api_key: str
    webhook_secret: str
    is_told_secret: bool = False
    """Whether it signs webhooks with a secret that it is told; the others sign with keys of their own."""
    tells_at: str = "/webhooks/{account}"
    """Where it sends what it has to tell."""
    import_key: str | None = None
    """With which objects may be imported into its account, where that is offered."""


STAND_INS: Mapping[str, StandIn] = {
    "stripe": StandIn("sk_test_sandbox", "whsec_sandbox", is_told_secret=True),
    # Braintree's webhooks are checked with SHA1(private key), which opens nothing.
    "braintree": StandIn(
        "sandbox_merchant:sandbox_public:sandbox_private", "sandbox_public:75afb082df1426b52d318700b4fa4c1fd18381bf"
    ),
    # PayPal signs with a certificate; what it covers is the webhook's id.
    "paypal": StandIn("sandbox-client:sandbox-secret", "WH-SANDBOX"),
    "woocommerce": StandIn("ck_sandbox:cs_sandbox", "woocommerce_whsec", is_told_secret=True),
    "recurly": StandIn("recurly_sandbox_key", "recurly_whsec", is_told_secret=True),
    # A company's own system reports what came of an action.
    "custom": StandIn(
        "whsec_Y291bnRlcmZvaWwgc2lnbnMgd2l0aCB0aGlzIQ==",
        "whsec_dGhlIGNvbXBhbnkgc2lnbnMgd2l0aCB0aGlzIG9uZQ==",
        is_told_secret=True,
        tells_at="/api/outcomes",
        import_key="sandbox-import-key-of-the-shop",
    ),
}


CONTROL_HEADERS = {"X-Sandbox-Token": "sandbox-control"}
"""Opens what a stand-in tells of itself, such as the statement of the bank that it pays out to."""

_LESS = {"full": "small", "small": "tiny"}


def local_port(account: Account) -> int:
    """The port of an account's `api_base`, which is on this machine."""
    return int(account.api_base.rpartition(":")[2])


def command(account: Account, settings: Settings, state: Path, scale: str) -> list[str]:
    """How to start the stand-in of an account. Only Stripe's has the whole history: the others show that several
    gateways are one picture, and thousands of documents more would only make the first start longer."""
    scale = scale if account.gateway == "stripe" else _LESS[scale]
    stand_in = STAND_INS[account.gateway]
    webhook_url = f"http://127.0.0.1:{settings.web.port}{stand_in.tells_at.format(account=account.name)}"
    argv = [sys.executable, "-m", f"sandbox.{account.gateway}", "--port", str(local_port(account))]
    argv += ["--state", str(state / account.gateway), "--scale", scale, "--webhook-url", webhook_url]
    # A refund that the bank confirms later does so while one is looking.
    argv += ["--settle-after", "20"]
    return argv + (["--webhook-secret", stand_in.webhook_secret] if stand_in.is_told_secret else [])


def keys(settings: Settings) -> tuple[dict[str, str], dict[str, str]]:
    """(gateway keys for the workers, webhook secrets and import keys for the web service), by environment variable."""
    api_keys: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for account in settings.accounts:
        stand_in = STAND_INS[account.gateway]
        api_keys[account.secret_name("API_KEY")] = stand_in.api_key
        secrets[account.secret_name("WEBHOOK_SECRET")] = stand_in.webhook_secret
        if stand_in.import_key is not None:
            secrets[account.secret_name("IMPORT_KEY")] = stand_in.import_key
    return api_keys, secrets
