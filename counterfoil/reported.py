"""Outcomes that a company's own side reported: one file each, found again by the request id.

`var/inbox/outcomes/<gateway>-<label>/<digest of the request id>-<digest of the message id>.json`; they stay there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from counterfoil.written_once import write_once


def reported_folder(inbox: Path, account: str) -> Path:
    """Where the outcomes of an account lie."""
    return inbox / "outcomes" / account.replace("/", "-")


def put_reported(
    inbox: Path, account: str, request_id: str, message_id: str, outcome: Mapping[str, Any], sent_at: datetime
) -> bool:
    """Keep an outcome unless its message is known; True where it is new. When this returns, it is on disk."""
    kept = {"request_id": request_id, "sent_at": sent_at.isoformat(), "outcome": dict(outcome)}
    name = f"{_digest(request_id)}-{_digest(message_id)}.json"
    return write_once(reported_folder(inbox, account), name, json.dumps(kept).encode())


def newest_reported(folder: Path, request_id: str) -> dict[str, Any] | None:
    """The outcome of a request that was sent last; of the same second, one that is final. None where there is none."""
    found = [json.loads(path.read_bytes()) for path in folder.glob(f"{_digest(request_id)}-*.json")]
    mine = [one for one in found if one["request_id"] == request_id]
    if not mine:
        return None
    newest = max(mine, key=lambda one: (datetime.fromisoformat(one["sent_at"]), one["outcome"]["status"] != "pending"))
    outcome: dict[str, Any] = newest["outcome"]
    return outcome


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]
