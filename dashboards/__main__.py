"""Start the web service: `python -m dashboards`.

Reads COUNTERFOIL_SETTINGS; COUNTERFOIL_SANDBOX=1 adds the sandbox sign-in.
"""

from __future__ import annotations

import os
import sys

import uvicorn

from counterfoil.secrets import Secret, SecretMissing, read_secret
from counterfoil.settings import Settings, SettingsInvalid, load_settings
from dashboards.app import make_app
from dashboards.pages.sandbox_sign_in import SandboxRefused


def main() -> int:
    """Serve until stopped; 2 where the settings cannot be used."""
    try:
        settings = load_settings()
        is_sandbox = os.environ.get("COUNTERFOIL_SANDBOX") == "1"
        app = make_app(settings, is_sandbox=is_sandbox, webhook_secrets=webhook_secrets(settings))
    except (SettingsInvalid, SandboxRefused) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    uvicorn.run(app, host=settings.web.host, port=settings.web.port, log_level="warning", server_header=False)
    return 0


def webhook_secrets(settings: Settings) -> dict[str, tuple[Secret, ...]]:
    """The webhook secrets that are set; several for one account are parted by commas, for a change of secrets."""
    found = {}
    for account in settings.accounts:
        try:
            text = read_secret(account.secret_name("WEBHOOK_SECRET")).reveal()
        except SecretMissing:
            continue
        found[account.name] = tuple(Secret(part.strip()) for part in text.split(",") if part.strip())
    return found


if __name__ == "__main__":
    sys.exit(main())
