"""Frozen lists: one file each, named by the digest of its bytes, written once. What was approved is what is read."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from counterfoil.batches import ACTION, DIGEST, BatchItem, BatchRequest, Signer
from counterfoil.requests import canonical_bytes
from counterfoil.written_once import write_once

SUFFIX = ".ndjson"
KEPT_IN_MEMORY = 4


class ListMissing(LookupError):
    """There is no list of this digest."""


class ListAltered(ValueError):
    """The file is not the one that its name stands for."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """A line that is not carried out, and why. `amount_minor` is None where all that is left was asked for."""

    line: int
    account: str
    object_id: str
    amount_minor: int | None
    currency: str | None
    reason: str
    """A code: already_refunded, disputed, unknown, not_ours, over_limit, …"""
    sentence: str


@dataclass(frozen=True, slots=True)
class FrozenList:
    """What a dry run found. `items` in the order in which they are carried out."""

    source: dict[str, str]
    items: tuple[BatchItem, ...]
    excluded: tuple[Excluded, ...]

    @property
    def totals(self) -> dict[str, int]:
        """Currency -> minor units over all items."""
        sums: Counter[str] = Counter()
        for item in self.items:
            sums[item.currency] += item.amount_minor
        return dict(sorted(sums.items()))

    @property
    def reasons(self) -> dict[str, int]:
        """Reason -> number of excluded lines, the most frequent first."""
        return dict(Counter(one.reason for one in self.excluded).most_common())


def batch_of(
    found: FrozenList,
    digest: str,
    *,
    batch_id: str,
    reason: tuple[str, str],
    by: Signer,
    now: datetime,
) -> BatchRequest:
    """The wish about a whole list, to be signed. `reason`: its code and the words beside it; `now` in UTC."""
    return BatchRequest(
        request_id=batch_id,
        action=ACTION,
        list_digest=digest,
        items=len(found.items),
        totals=found.totals,
        source=found.source,
        reason_code=reason[0],
        reason_text=reason[1].replace("\r\n", "\n").strip(),
        requester=by.name,
        role=by.role,
        authenticated_by=by.authenticated_by,
        requested_at=now.isoformat(),
    )


def freeze(folder: Path, found: FrozenList) -> str:
    """Keep a list for ever; return its digest. The same list again is the same file."""
    rows: Iterable[dict[str, Any]] = (
        {"source": found.source},
        *({"item": asdict(item)} for item in found.items),
        *({"excluded": asdict(one)} for one in found.excluded),
    )
    body = b"".join(canonical_bytes(row) + b"\n" for row in rows)
    digest = hashlib.sha256(body).hexdigest()
    write_once(folder, digest + SUFFIX, body)
    return digest


def read_list(folder: Path, digest: str) -> FrozenList:
    """The list of a digest. Raises ListMissing, or ListAltered where the file was changed."""
    if not DIGEST.fullmatch(digest) or not (folder / (digest + SUFFIX)).is_file():
        raise ListMissing("There is no list of this digest; it was never frozen here.")
    return _read(folder, digest)


@lru_cache(KEPT_IN_MEMORY)
def _read(folder: Path, digest: str) -> FrozenList:
    body = (folder / (digest + SUFFIX)).read_bytes()
    if hashlib.sha256(body).hexdigest() != digest:
        raise ListAltered("The file of the list was changed after it was frozen; nothing of it is carried out.")
    rows = [json.loads(line) for line in body.splitlines()]
    return FrozenList(
        dict(rows[0]["source"]),
        tuple(_made(BatchItem, row["item"]) for row in rows if "item" in row),
        tuple(_made(Excluded, row["excluded"]) for row in rows if "excluded" in row),
    )


def _made(kind: type[Any], row: Mapping[str, Any]) -> Any:
    return kind(**{field.name: row[field.name] for field in fields(kind)})
