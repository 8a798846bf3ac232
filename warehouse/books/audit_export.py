"""Exporting a period of the audit log: CSV for people, JSON lines for machines, and a signed manifest over both."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from counterfoil.requests import check_signature, sign
from warehouse.books.audit import Logged, head, logged

MANIFEST = "manifest.json"
_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would take a cell that begins with one of these for a formula."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    folder: Path
    rows: int
    files: tuple[str, ...]


class ManifestInvalid(ValueError):
    """The files are not those that the manifest was signed over."""


def export(
    books: duckdb.DuckDBPyConnection,
    folder: Path,
    key: Ed25519PrivateKey,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
) -> Exported:
    """Write the rows from `since` to before `until` (UTC) as audit.csv, audit.ndjson and a signed manifest.json."""
    rows = [_row(row) for row in logged(books, since=since, until=until)]
    files = {"audit.csv": _csv(rows), "audit.ndjson": _ndjson(rows)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    sequence, hash_ = head(books)
    manifest = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "exported_at": now.isoformat(),
        "rows": len(rows),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "log_head": {"sequence": sequence, "hash": hash_},
        "note": "In audit.csv, texts that a spreadsheet would take for a formula begin with an apostrophe.",
    }
    signed = {"manifest": manifest, "signature": sign(manifest, key)}
    (folder / MANIFEST).write_text(json.dumps(signed, indent=2) + "\n", encoding="utf-8")
    return Exported(folder, len(rows), (*files, MANIFEST))


def check_export(folder: Path, keys: tuple[Ed25519PublicKey, ...]) -> Mapping[str, Any]:
    """Return the manifest of an export whose files are unchanged. Raises SignatureInvalid or ManifestInvalid."""
    signed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest: dict[str, Any] = signed["manifest"]
    check_signature(manifest, signed["signature"], keys)
    for name, digest in manifest["files"].items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise ManifestInvalid(f"{folder / name} was changed after its export.")
    return manifest


def _row(row: Logged) -> dict[str, Any]:
    entry = asdict(row.entry)
    entry["recorded_at"] = row.entry.recorded_at.isoformat()
    return {"sequence": row.sequence, **entry, "previous_hash": row.previous_hash, "hash": row.hash}


def _csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    names = [name for name in rows[0] if name != "detail"] if rows else ["sequence"]
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode()


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value


def _ndjson(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n" for row in rows)
