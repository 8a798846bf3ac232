"""Opening a state folder: seeded the first time, continued after."""

import json
from datetime import date
from pathlib import Path

from sandbox.stripe.clock import Clock, midnight, starting_on
from sandbox.stripe.seed.world import grow
from sandbox.stripe.settings import Scope
from sandbox.stripe.store import Store


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
        "opened_at": str(midnight(date(scope.today.year - 2, 1, 1))),
        "defects": json.dumps(grown.defects),
    }
    store.seed_with(grown.rows, meta)
    return store
