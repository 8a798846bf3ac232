"""Pay once, before the first run, for what a load would pay: dlt imports most of itself only when it loads."""

from __future__ import annotations

import importlib
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from counterfoil.paths import Paths
from counterfoil.settings import Settings
from warehouse.landing import LandingWriter
from warehouse.load import load_landed

_CHARGE = b'{"id":"ch_1","object":"charge","amount":1,"currency":"eur","status":"failed","created":1700000000}'


def warm_up(settings: Settings) -> None:
    """Load one charge in a folder that is thrown away."""
    # dlt looks for its own folder once, when it is imported: that must not be the one that is thrown away.
    os.environ["DLT_DATA_DIR"] = str(Paths(settings.var_dir).var / "dlt")
    importlib.import_module("dlt")
    with tempfile.TemporaryDirectory(prefix="counterfoil-") as folder:
        paths = Paths(Path(folder))
        with LandingWriter(paths.landing, "stripe/warm", "charges", datetime.now(UTC)) as writer:
            writer.add(_CHARGE)
        load_landed(paths)
