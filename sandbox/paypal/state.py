"""Opening a state folder: seeded the first time, continued after."""

import json
from pathlib import Path

from sandbox.paypal.seed.world import grow
from sandbox.paypal.store import Store
from sandbox.stripe.clock import Clock, starting_on
from sandbox.stripe.settings import Scope


def open_state(folder: Path | None, scope: Scope) -> Store:
    """The store in a folder (None: in memory), filled and loaded. A folder keeps the scope it was made with."""
    store = Store(folder, starting_on(scope.today), str(scope.seed))
    shift = store.meta("shift_days")
    if shift is not None:
        store.clock = Clock(int(shift))
        store.seed = store.meta("seed") or store.seed
        store.load_all()
        return store
    grown = grow(scope)
    meta = {
        "today": scope.today.isoformat(),
        "seed": str(scope.seed),
        "shift_days": str(store.clock.shift_days),
        "defects": json.dumps(grown.defects),
    }
    store.fill(grown.entries, meta)
    return store
