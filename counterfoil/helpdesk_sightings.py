"""What workers read at a helpdesk and pages need at once: whose a ticket is, and which address an agent has.

One small file each below var/helpdesks/, written by the worker that holds the helpdesk's key, read by the web service,
which holds none. They are copies: deleted ones are read again. Old ones go after a week.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

KEPT = timedelta(days=7)
Kind = Literal["tickets", "agents"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A ticket's requester, or an agent, as the helpdesk's API named them."""

    email: str
    name: str
    text: str
    """Of a ticket: its subject."""
    seen_at: str
    """ISO 8601, UTC."""


def write_sighting(folder: Path, kind: Kind, helpdesk: str, its_id: str, sighting: Sighting) -> None:
    """Keep what was read, in place of an earlier one. `helpdesk`: "zendesk/main"; `its_id`: the helpdesk's id."""
    path = _path(folder, kind, helpdesk, its_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(f".{secrets.token_hex(4)}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(sighting), file)
    temporary.replace(path)


def read_sighting(folder: Path, kind: Kind, helpdesk: str, its_id: str, *, now: datetime) -> Sighting | None:
    """What was read of a ticket or an agent in the last week; None where nothing was."""
    try:
        found = Sighting(**json.loads(_path(folder, kind, helpdesk, its_id).read_bytes()))
        is_fresh = now - datetime.fromisoformat(found.seen_at) <= KEPT
    except (OSError, ValueError, TypeError):
        return None
    return found if is_fresh else None


def drop_old_sightings(folder: Path, *, now: datetime) -> None:
    """Delete what nobody read anew for a week."""
    before = (now - KEPT).timestamp()
    for path in folder.glob("*/*/*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _path(folder: Path, kind: Kind, helpdesk: str, its_id: str) -> Path:
    # Ids come from outside: their digest is a file's name wherever it came from.
    name = hashlib.sha256(its_id.encode()).hexdigest()[:40]
    return folder / helpdesk.replace("/", "-") / kind / f"{name}.json"
