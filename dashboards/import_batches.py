"""A batch of imported objects on its way in: unpacked, parsed, and kept as one file until the inbox is handled.

`var/inbox/import/<gateway>-<label>/<object>-<digest of what was sent>.json`: the same bytes are one file for ever.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from counterfoil.written_once import write_once
from dashboards.import_rows import MOST_ROWS

MOST_UNPACKED = 8 * 1_048_576
_GZIP = 31


class BatchUnreadable(ValueError):
    """What was sent is no batch; the text says why."""


class BatchTooLarge(ValueError):
    """What was sent is larger than a batch may be."""


def rows_of(body: bytes, encoding: str) -> list[Any]:
    """The rows of a batch. Raises BatchUnreadable or BatchTooLarge."""
    try:
        rows = orjson.loads(_unpacked(body, encoding))
    except orjson.JSONDecodeError as error:
        raise BatchUnreadable(f"The body is not JSON, or was cut off: {error}.") from None
    if not isinstance(rows, list):
        raise BatchUnreadable("The body must be a JSON list of objects.")
    if not 1 <= len(rows) <= MOST_ROWS:
        raise BatchTooLarge(f"A batch has 1 to {MOST_ROWS} objects; this one has {len(rows)}.")
    return rows


def put_batch(inbox: Path, account: str, resource: str, body: bytes, rows: list[Any], now: datetime) -> bool:
    """Keep a sound batch unless its bytes are known; True where it is new. When this returns, it is on disk."""
    folder = inbox / "import" / account.replace("/", "-")
    name = f"{resource}-{hashlib.sha256(body).hexdigest()[:40]}.json"
    if (folder / "done" / name).exists():
        return False
    head = {"object": "list", "account": account, "resource": resource, "received_at": now.isoformat()}
    return write_once(folder, name, orjson.dumps({**head, "data": rows}))


def _unpacked(body: bytes, encoding: str) -> bytes:
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise BatchUnreadable("The body may be plain or gzip; no other Content-Encoding is read.")
    unpacking = zlib.decompressobj(_GZIP)
    try:
        unpacked = unpacking.decompress(body, MOST_UNPACKED)
    except zlib.error:
        raise BatchUnreadable("The body is no gzip.") from None
    if unpacking.unconsumed_tail:
        raise BatchTooLarge(f"The batch is larger than {MOST_UNPACKED} bytes when it is unpacked.")
    if not unpacking.eof or unpacking.unused_data:
        raise BatchUnreadable("The gzip was cut off, or something stands behind its end.")
    return unpacked
