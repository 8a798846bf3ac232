"""The stand-in helpdesks of the sandbox: one process for all of them, and the secrets that open nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from counterfoil.settings import Settings

KEY_FILE = "zendesk-app.pem"


@dataclass(frozen=True, slots=True)
class HelpdeskStandIn:
    """What Counterfoil must know of one; with `webhook_secret` it signs its messages, with `app_secret` its app."""

    api_key: str
    webhook_secret: str
    app_secret: str = ""


STAND_INS: Mapping[str, HelpdeskStandIn] = {
    # Zendesk's app signs with a key of its own, made at the first start.
    "zendesk": HelpdeskStandIn(
        "counterfoil@sandbox.example/token:zendesk_sandbox_token", "zendesk_sandbox_webhook_secret"
    ),
    "freshdesk": HelpdeskStandIn("freshdesk_sandbox_key", "freshdesk_sandbox_webhook_secret"),
    "helpscout": HelpdeskStandIn(
        "helpscout_app:helpscout_sandbox_secret", "helpscout_sandbox_webhook_secret", "helpscout_sandbox_app_secret"
    ),
    "intercom": HelpdeskStandIn(
        "intercom_sandbox_token", "intercom_sandbox_webhook_secret", "intercom_sandbox_client_secret"
    ),
    "front": HelpdeskStandIn("front_sandbox_token", "front_sandbox_webhook_secret", "front_sandbox_auth_secret"),
}


def ports(settings: Settings) -> dict[str, int]:
    """Kind -> the port of its `api_base`, which is on this machine."""
    return {helpdesk.kind: int(helpdesk.api_base.rpartition(":")[2]) for helpdesk in settings.helpdesks}


def command(settings: Settings, state: Path) -> list[str]:
    """How to start them all. Their first tickets are of customers of the Stripe stand-in."""
    argv = [sys.executable, "-m", "sandbox.helpdesks", *(f"{kind}={port}" for kind, port in ports(settings).items())]
    argv += ["--state", str(state / "helpdesks"), "--panel", settings.web.base_url]
    argv += ["--webhooks", f"{settings.web.base_url}/helpdesks"]
    argv += ["--app-key", str(state / KEY_FILE)]
    stripe = next((account.api_base for account in settings.accounts if account.gateway == "stripe"), None)
    return argv + (["--customers-of", stripe] if stripe else [])


def keys(settings: Settings, state: Path) -> tuple[dict[str, str], dict[str, str]]:
    """(API keys for the workers, app and webhook secrets for the web service), by environment variable."""
    api_keys = {one.secret_name("API_KEY"): STAND_INS[one.kind].api_key for one in settings.helpdesks}
    secrets = {one.secret_name("APP_SECRET"): STAND_INS[one.kind].app_secret for one in settings.helpdesks}
    for one in settings.helpdesks:
        secrets[one.secret_name("WEBHOOK_SECRET")] = STAND_INS[one.kind].webhook_secret
        if one.kind == "zendesk":
            secrets[one.secret_name("APP_SECRET")] = _public_key(state / KEY_FILE)
    return api_keys, {name: secret for name, secret in secrets.items() if secret}


def _public_key(path: Path) -> str:
    """The public half of Zendesk's app key in one line, as it stands in an environment; the file is made where it is
    missing."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        temporary = path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(made)
        temporary.replace(path)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return public.decode().replace("\n", "\\n")
