"""Start the web service: `python -m dashboards`.

Reads COUNTERFOIL_SETTINGS; COUNTERFOIL_SANDBOX=1 adds the sandbox sign-in.
"""

from __future__ import annotations

import os
import sys

import uvicorn

from counterfoil.customer_links import BILLING_KEY
from counterfoil.secrets import Secret, SecretMissing, read_secret
from counterfoil.settings import SecretKind, Settings, SettingsInvalid, load_settings
from dashboards.app import make_app
from dashboards.pages.sandbox_sign_in import SandboxRefused

SHORTEST_KEY = 24


def main() -> int:
    """Serve until stopped; 2 where the settings cannot be used."""
    try:
        settings = load_settings()
        is_sandbox = os.environ.get("COUNTERFOIL_SANDBOX") == "1"
        app = make_app(
            settings,
            is_sandbox=is_sandbox,
            webhook_secrets=webhook_secrets(settings),
            import_keys=import_keys(settings),
            app_secrets=app_secrets(settings),
            billing_keys=billing_keys(),
        )
    except (SettingsInvalid, SandboxRefused) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    uvicorn.run(app, host=settings.web.host, port=settings.web.port, log_level="warning", server_header=False)
    return 0


def webhook_secrets(settings: Settings) -> dict[str, tuple[Secret, ...]]:
    """The webhook secrets that are set, of accounts and helpdesks by name; several for one are parted by commas, for a
    change of secrets."""
    return _secrets(settings, "WEBHOOK_SECRET")


def import_keys(settings: Settings) -> dict[str, tuple[Secret, ...]]:
    """The import keys that are set, in the same way. Raises SettingsInvalid for one that could be guessed."""
    found = _secrets(settings, "IMPORT_KEY")
    for name, keys in found.items():
        if any(len(key.reveal()) < SHORTEST_KEY for key in keys):
            sentence = f"{settings.account(name).secret_name('IMPORT_KEY')} is shorter than {SHORTEST_KEY} characters"
            raise SettingsInvalid(f"{sentence}; make one with: openssl rand -hex 32")
    return found


def billing_keys() -> tuple[Secret, ...]:
    """The keys with which a company's own site asks for links. Raises SettingsInvalid for one that could be guessed."""
    try:
        keys = _parted(read_secret(BILLING_KEY).reveal())
    except SecretMissing:
        return ()
    if any(len(key.reveal()) < SHORTEST_KEY for key in keys):
        raise SettingsInvalid(
            f"{BILLING_KEY} is shorter than {SHORTEST_KEY} characters; make one with: openssl rand -hex 32"
        )
    return keys


def app_secrets(settings: Settings) -> dict[str, tuple[Secret, ...]]:
    """What helpdesks sign with who looks at a ticket, by helpdesk, in the same way."""
    return _secrets(settings, "APP_SECRET")


def _secrets(settings: Settings, kind: SecretKind) -> dict[str, tuple[Secret, ...]]:
    found = {}
    for outside in (*settings.accounts, *settings.helpdesks):
        try:
            text = read_secret(outside.secret_name(kind)).reveal()
        except SecretMissing:
            continue
        found[outside.name] = _parted(text)
    return found


def _parted(text: str) -> tuple[Secret, ...]:
    return tuple(Secret(part.strip()) for part in text.split(",") if part.strip())


if __name__ == "__main__":
    sys.exit(main())
