"""Files of banks on their way in: `var/inbox/statements/<digest>.file` beside `<digest>.about`, once for equal bytes.

The second file is written last: where it stands, the first is whole. Both go to done/, or to refused/ with the reason.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from counterfoil.written_once import write_once

State = Literal["waiting", "done", "refused"]


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it came, and what became of it."""

    digest: str
    file_name: str
    bank_account: str
    """The one that was chosen; empty where the file says it itself."""
    is_correction: bool
    """The bank corrected what an earlier statement said: this file counts for the days that it covers."""
    uploaded_by: str
    uploaded_at: str
    """ISO 8601, UTC."""
    state: State = "waiting"
    sentence: str = ""


def put_upload(
    inbox: Path, body: bytes, file_name: str, *, bank_account: str, is_correction: bool, by: str, now: datetime
) -> tuple[Upload, bool]:
    """Keep a file, and whether it is new; the same bytes again are the earlier upload, unless they were refused.

    When this returns, the file is on disk.
    """
    digest = hashlib.sha256(body).hexdigest()[:40]
    folder = inbox / "statements"
    for known in (folder, folder / "done"):
        if (known / f"{digest}.about").exists():
            return _read(known / f"{digest}.about"), False
    upload = Upload(digest, Path(file_name).name[:200], bank_account, is_correction, by, now.isoformat())
    write_once(folder, f"{digest}.file", body)
    write_once(folder, f"{digest}.about", json.dumps(asdict(upload)).encode())
    return upload, True


def waiting(inbox: Path) -> list[Upload]:
    """Uploads that no flow has handled yet, the oldest first."""
    return sorted(_in(inbox / "statements"), key=lambda upload: (upload.uploaded_at, upload.digest))


def latest(inbox: Path, limit: int) -> list[Upload]:
    """The newest uploads with what became of them."""
    folder = inbox / "statements"
    found = [upload for place in (folder, folder / "done", folder / "refused") for upload in _in(place)]
    return sorted(found, key=lambda upload: (upload.uploaded_at, upload.digest), reverse=True)[:limit]


def file_of(inbox: Path, upload: Upload) -> Path:
    """Where the bytes of a waiting upload lie."""
    return inbox / "statements" / f"{upload.digest}.file"


def finish(inbox: Path, upload: Upload, state: State, sentence: str) -> Upload:
    """Move an upload to done/ or refused/ with what is to be said of it."""
    folder = inbox / "statements"
    told = replace(upload, state=state, sentence=sentence)
    target = folder / state
    target.mkdir(exist_ok=True)
    # Written before the rest moves: a kill in between leaves it waiting, and it is handled again.
    (target / f"{upload.digest}.about").unlink(missing_ok=True)
    write_once(target, f"{upload.digest}.about", json.dumps(asdict(told)).encode())
    (folder / f"{upload.digest}.file").replace(target / f"{upload.digest}.file")
    (folder / f"{upload.digest}.about").unlink()
    return told


def _in(folder: Path) -> Iterator[Upload]:
    return (_read(path) for path in folder.glob("*.about"))


def _read(path: Path) -> Upload:
    return Upload(**json.loads(path.read_bytes()))
