"""A stand-in that runs in a thread of this process, for tests: `with running(folder) as sandbox: sandbox.url`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.paypal.app import Sandbox, make_app
from sandbox.paypal.settings import Settings
from sandbox.paypal.state import open_state
from sandbox.standin.running import Served, in_thread
from sandbox.standin.settings import Scope

Running = Served[Sandbox, Settings]


@contextmanager
def running(
    folder: Path | None = None,
    scope: Scope | None = None,
    settings: Settings | None = None,
    around: Callable[[Sandbox], Any] | None = None,
) -> Iterator[Running]:
    """Serve a state folder (None: in memory) on a free port until the block ends; `around` wraps the application."""
    chosen = settings or Settings()
    app = make_app(open_state(folder, scope or Scope(scale="small")), chosen)
    with in_thread(app, chosen, around) as found:
        yield found
