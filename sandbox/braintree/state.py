"""Opening a state folder: seeded the first time, continued after."""

from pathlib import Path

from sandbox.braintree.seed.world import grow
from sandbox.braintree.store import Store
from sandbox.stripe.clock import Clock, starting_on
from sandbox.stripe.settings import Scope


def open_state(folder: Path | None, scope: Scope) -> Store:
    """The store in a folder (None: in memory), filled and loaded. A folder keeps the scope it was made with."""
    store = Store(folder, starting_on(scope.today))
    shift = store.meta("shift_days")
    if shift is not None:
        store.clock = Clock(int(shift))
        store.load_all()
        return store
    store.seed_with(grow(scope), {"shift_days": str(store.clock.shift_days), "today": scope.today.isoformat()})
    return store
