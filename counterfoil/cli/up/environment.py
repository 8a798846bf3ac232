"""The environment of each process. Workers alone get API keys; the web service webhook, app and import secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import certifi

from counterfoil.alerts import WEBHOOK
from counterfoil.customer_links import BILLING_KEY
from counterfoil.paths import Paths
from counterfoil.secrets import SecretMissing, read_secret
from counterfoil.settings import SecretKind, Settings

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

_LEAN_PREFECT = {
    # A server of this start, which asks for no token: two requests of every client that could only say so.
    "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    # What is scheduled ahead is written to SQLite, and deleted again where a start finds it late: an hour of the flows
    # of every minute is a hundred runs.
    "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT10M",
}

WEB_SECRETS: tuple[SecretKind, ...] = ("WEBHOOK_SECRET", "IMPORT_KEY", "APP_SECRET")

_SENDERS_SECRETS = [
    name + suffix
    for name in ("COUNTERFOIL_MAIL_PASSWORD", "COUNTERFOIL_MAIL_DKIM_KEY", WEBHOOK)
    for suffix in ("", "_FILE")
]
"""Read from .env too by the flows that send; here only what stands in the environment is handed on."""


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
        **lean_prefect(paths),
        "DLT_DATA_DIR": str(paths.var / "dlt"),
    }


def lean_prefect(paths: Paths) -> dict[str, str]:
    """Settings that spare Prefect's clients and server work which a server on this machine does not need."""
    return {**_LEAN_PREFECT, "PREFECT_API_SSL_CERT_FILE": str(_authority(paths))}


def write_authority(paths: Paths) -> None:
    """The one certificate authority that Prefect's clients read.

    They read a file of them each time one is made, 30 ms for the whole world's, five times in a flow run; and then
    speak plain HTTP to a server on this machine.
    """
    first, end, _ = Path(certifi.where()).read_text(encoding="utf-8").partition("-----END CERTIFICATE-----\n")
    _authority(paths).parent.mkdir(parents=True, exist_ok=True)
    _authority(paths).write_text(first + end, encoding="utf-8")


def _authority(paths: Paths) -> Path:
    return paths.var / "prefect" / "authority.pem"


def worker_environment(base: Mapping[str, str], settings: Settings, env_file: Path) -> dict[str, str]:
    """Base, the keys of gateways and helpdesks, and the mail server's; raises SecretMissing with every API key that is
    nowhere."""
    mail = {name: os.environ[name] for name in _SENDERS_SECRETS if name in os.environ}
    return {**base, **mail, **_secrets(settings, "API_KEY", env_file, is_required=True)}


def web_environment(base: Mapping[str, str], settings: Settings, env_file: Path) -> dict[str, str]:
    """Base, webhook secrets, import keys, and the secrets of helpdesk apps; what has none takes no such messages."""
    found = dict(base)
    for kind in WEB_SECRETS:
        found |= _secrets(settings, kind, env_file, is_required=False)
    with suppress(SecretMissing):  # then no site may ask for links
        found[BILLING_KEY] = read_secret(BILLING_KEY, os.environ, env_file).reveal()
    return found


def _secrets(settings: Settings, kind: SecretKind, env_file: Path, *, is_required: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    missing: list[str] = []
    for outside in (*settings.accounts, *settings.helpdesks):
        name = outside.secret_name(kind)
        try:
            found[name] = read_secret(name, os.environ, env_file).reveal()
        except SecretMissing as error:
            missing.append(str(error))
    if missing and is_required:
        raise SecretMissing("\n".join(missing))
    return found
