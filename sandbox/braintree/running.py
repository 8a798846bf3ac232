"""A stand-in that runs in a thread of this process, for tests: `with running(folder) as sandbox: sandbox.url`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.braintree.app import Sandbox, make_app
from sandbox.braintree.settings import Settings
from sandbox.braintree.state import open_state
from sandbox.braintree.store import Store
from sandbox.standin.running import Served, in_thread
from sandbox.standin.settings import Scope

Running = Served[Sandbox, Settings]


@contextmanager
def running(
    folder: Path | None = None, scope: Scope | None = None, settings: Settings | None = None
) -> Iterator[Running]:
    """Serve a state folder (None: in memory) on a free port until the block ends."""
    store = open_state(folder, scope or Scope(scale="small"))
    with serving(store, settings or Settings()) as found:
        yield found


@contextmanager
def serving(store: Store, settings: Settings) -> Iterator[Running]:
    """Serve a store on a free port until the block ends."""
    with in_thread(make_app(store, settings), settings) as found:
        yield found
