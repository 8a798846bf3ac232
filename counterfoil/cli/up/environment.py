"""The environment of each process. Only workers get gateway keys; only the web service gets webhook secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from counterfoil.paths import Paths
from counterfoil.secrets import SecretMissing, read_secret
from counterfoil.settings import Settings

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE")

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "PYTHONUNBUFFERED": "1",
}
"""No part of Counterfoil reports to anybody outside."""

_MAIL_SECRETS = [
    name + suffix for name in ("COUNTERFOIL_MAIL_PASSWORD", "COUNTERFOIL_MAIL_DKIM_KEY") for suffix in ("", "_FILE")
]
"""Read from .env too by the flow that sends; here only what stands in the environment is handed on."""


def base_environment(settings: Settings, settings_file: Path) -> dict[str, str]:
    """What every process gets: no secret at all."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    paths = Paths(settings.var_dir)
    return {
        **kept,
        **QUIET,
        "COUNTERFOIL_SETTINGS": str(settings_file),
        "PREFECT_API_URL": settings.prefect.api_url,
        "PREFECT_HOME": str(paths.var / "prefect"),
        # A lease in memory leaks its slot for ever when the server restarts.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "DLT_DATA_DIR": str(paths.var / "dlt"),
    }


def worker_environment(base: Mapping[str, str], settings: Settings, env_file: Path) -> dict[str, str]:
    """Base, the gateway keys and the mail server's; raises SecretMissing with every gateway key that is nowhere."""
    mail = {name: os.environ[name] for name in _MAIL_SECRETS if name in os.environ}
    return {**base, **mail, **_secrets(settings, "API_KEY", env_file, is_required=True)}


def web_environment(base: Mapping[str, str], settings: Settings, env_file: Path) -> dict[str, str]:
    """Base and the webhook secrets; an account without one simply takes no webhooks."""
    return {**base, **_secrets(settings, "WEBHOOK_SECRET", env_file, is_required=False)}


def _secrets(settings: Settings, kind: str, env_file: Path, *, is_required: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    missing: list[str] = []
    for account in settings.accounts:
        name = account.secret_name("API_KEY" if kind == "API_KEY" else "WEBHOOK_SECRET")
        try:
            found[name] = read_secret(name, os.environ, env_file).reveal()
        except SecretMissing as error:
            missing.append(str(error))
    if missing and is_required:
        raise SecretMissing("\n".join(missing))
    return found
