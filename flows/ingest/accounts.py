"""Open an account of the settings for reading: the key comes from the worker's environment, at the last moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.gateway import AccountAccess, Gateway, Reader
from connectors.registry import gateway_of
from counterfoil.secrets import read_secret
from counterfoil.settings import Settings


def access(settings: Settings, account: str) -> AccountAccess:
    """What is needed to speak for an account; raises SettingsInvalid or SecretMissing."""
    known = settings.account(account)
    key = read_secret(known.secret_name("API_KEY"), env_file=settings.var_dir.parent / ".env")
    return AccountAccess(account, known.api_base, key.reveal())


@contextmanager
def open_reader(settings: Settings, account: str) -> Iterator[tuple[Gateway, Reader]]:
    """The gateway of an account and its reader, closed afterwards."""
    gateway = gateway_of(account)
    reader = gateway.open_reader(access(settings, account))
    try:
        yield gateway, reader
    finally:
        reader.close()
