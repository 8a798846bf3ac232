"""What a worker has on its desk: settings, queue, journal, lease, and the opened accounts. Built once, at the edge."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from connectors.gateway import AccountAccess, Actor, Gateway, Reader
from connectors.registry import gateway_of
from counterfoil.paths import Paths
from counterfoil.policy import Policy, load_policy
from counterfoil.queue import Queue
from counterfoil.reported import reported_folder
from counterfoil.requests import utc_now
from counterfoil.secrets import read_secret
from counterfoil.settings import Settings
from flows.actions.journal import Journal
from flows.actions.lease import Lease, Owner, Slot
from warehouse.published import PublishedFile


class Accounts:
    """Opened accounts of the gateways; each is opened on first use and kept warm."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._actors: dict[str, Actor] = {}
        self._readers: dict[str, Reader] = {}

    def gateway(self, account: str) -> Gateway:
        """The gateway of an account."""
        return gateway_of(account)

    def actor(self, account: str) -> Actor:
        """The act side of an account. Raises SettingsInvalid or SecretMissing."""
        with self._lock:
            if account not in self._actors:
                self._actors[account] = gateway_of(account).open_actor(self._access(account))
            return self._actors[account]

    def reader(self, account: str) -> Reader:
        """The read side of an account. Raises SettingsInvalid or SecretMissing."""
        with self._lock:
            if account not in self._readers:
                self._readers[account] = gateway_of(account).open_reader(self._access(account))
            return self._readers[account]

    def _access(self, name: str) -> AccountAccess:
        account = self._settings.account(name)
        key = read_secret(account.secret_name("API_KEY")).reveal()
        paths = Paths(self._settings.var_dir)
        return AccountAccess(
            account=name,
            api_base=account.api_base,
            api_key=key,
            reported=reported_folder(paths.inbox, name),
            seen_before=paths.seen_before / name.replace("/", "-"),
        )

    def close(self) -> None:
        """Give all connections back."""
        for actor in self._actors.values():
            actor.close()
        for reader in self._readers.values():
            reader.close()


@dataclass(slots=True)
class Desk:
    """Everything that the plain functions of `flows.actions` are handed."""

    settings: Settings
    paths: Paths
    queue: Queue
    journal: Journal
    lease: Lease
    owner: Owner
    accounts: Accounts
    published: PublishedFile
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when this worker drains: what would take long is left to the next one."""

    def policy(self) -> Policy:
        """The policy as it stands in its file now, so that a change counts at once. Raises SettingsInvalid."""
        return load_policy(self.settings.policy_file)


_open: list[Desk] = []


class NoDesk(RuntimeError):
    """A flow of actions was started outside the action worker."""


def build_desk(settings: Settings, slot: Slot, api_url: str) -> Desk:
    """Lay out the desk of this process and make it the one that flows find."""
    paths = Paths(settings.var_dir)
    desk = Desk(
        settings=settings,
        paths=paths,
        queue=Queue(api_url, nudge_url=nudge_url(settings), patience_s=60.0, at_once=2),
        journal=Journal(paths.journal, slot.owner.slot, now=utc_now()),
        lease=Lease(settings.actions.lease_s),
        owner=slot.owner,
        accounts=Accounts(settings),
        published=PublishedFile(paths.published),
    )
    _open[:] = [desk]
    return desk


def desk() -> Desk:
    """The desk of this process. Raises NoDesk: actions need the worker's journal and lease."""
    if not _open:
        raise NoDesk("Actions are carried out by `python -m flows.actions.worker` only; start that.")
    return _open[0]


def nudge_url(settings: Settings) -> str:
    """Where the worker listens for "there is work"."""
    return f"http://127.0.0.1:{settings.actions.nudge_port}/nudge"
