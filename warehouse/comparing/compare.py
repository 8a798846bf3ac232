"""What an account's published charges and refunds and an export of the system in use have in common, and what not.

Compared are charges by what was taken, and refunds that went through or are on their way, each by the gateway's id.
Months are cut in the reporting time zone. Only the time between the export's first and last row is looked at, unless
another one is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connectors.money import Money
from warehouse.comparing.export_file import KINDS, Exported, Kind
from warehouse.published import PublishedFile

_OURS: dict[Kind, str] = {
    "charge": """SELECT charge_id AS object_id, captured_minor AS minor, currency, created_at FROM canonical.charges
        WHERE account = ? AND captured_minor > 0""",
    "refund": """SELECT refund_id AS object_id, amount_minor AS minor, currency, created_at FROM canonical.refunds
        WHERE account = ? AND status IN ('succeeded', 'pending')""",
}


@dataclass(frozen=True, slots=True)
class Month:
    """One kind, month and currency on both sides. Amounts in minor units."""

    kind: Kind
    month: str
    """2026-11."""
    currency: str
    ours: int
    ours_minor: int
    theirs: int
    theirs_minor: int

    @property
    def is_same(self) -> bool:
        return (self.ours, self.ours_minor) == (self.theirs, self.theirs_minor)


@dataclass(frozen=True, slots=True)
class Difference:
    """One object that only one side has (the other's amount is None), or of which they tell different amounts."""

    kind: Kind
    object_id: str
    ours: Money | None
    theirs: Money | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole of it. `first` and `last` are the days that were looked at, both inclusive."""

    account: str
    kinds: tuple[Kind, ...]
    first: date
    last: date
    months: tuple[Month, ...]
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        return not self.differences and all(month.is_same for month in self.months)


def compare(
    published: PublishedFile,
    account: str,
    exported: Sequence[Exported],
    *,
    zone: str,
    first: date | None = None,
    last: date | None = None,
) -> Comparison:
    """Compare. Kinds of which the export has no row are left out. Raises NothingPublished."""
    there = ZoneInfo(zone)
    days = [one.created_at.astimezone(there).date() for one in exported]
    first, last = first or min(days), last or max(days)

    def is_in(one: Exported) -> bool:
        return first <= one.created_at.astimezone(there).date() <= last

    kinds = tuple(kind for kind in KINDS if any(one.kind == kind for one in exported))
    all_of_ours = [one for kind in kinds for one in _ours(published, account, kind)]
    # An object that the export has at all is found, also where the two sides' clocks put it on other days.
    named = {(one.kind, one.object_id) for one in exported if is_in(one)}
    ours = [one for one in all_of_ours if is_in(one) or (one.kind, one.object_id) in named]
    known = {(one.kind, one.object_id) for one in ours}
    theirs = [one for one in exported if is_in(one) or (one.kind, one.object_id) in known]
    differences = sorted(_differences(ours, theirs), key=lambda one: (one.kind, one.created_at, one.object_id))
    return Comparison(account, kinds, first, last, tuple(_months(ours, theirs, there)), tuple(differences))


def _ours(published: PublishedFile, account: str, kind: Kind) -> list[Exported]:
    rows = published.rows(_OURS[kind], [account])
    return [
        Exported(kind, row["object_id"], Money(int(row["minor"]), row["currency"]), row["created_at"]) for row in rows
    ]


def _differences(ours: Iterable[Exported], theirs: Iterable[Exported]) -> list[Difference]:
    here = {(one.kind, one.object_id): one for one in ours}
    there = {(one.kind, one.object_id): one for one in theirs}
    found: list[Difference] = []
    for key in here.keys() | there.keys():
        mine, other = here.get(key), there.get(key)
        if mine is not None and other is not None and mine.amount == other.amount:
            continue
        at = (other or mine).created_at  # type: ignore[union-attr]
        found.append(Difference(*key, mine.amount if mine else None, other.amount if other else None, at))
    return found


def _months(ours: Iterable[Exported], theirs: Iterable[Exported], zone: ZoneInfo) -> list[Month]:
    """Both sides by the other system's month where it has the object: a clock that is off makes no difference."""
    theirs = list(theirs)
    told = {(one.kind, one.object_id): one.created_at for one in theirs}
    sums: dict[tuple[Kind, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for place, side in ((0, list(ours)), (2, theirs)):
        for one in side:
            at = told.get((one.kind, one.object_id), one.created_at).astimezone(zone)
            row = sums[(one.kind, f"{at:%Y-%m}", one.amount.currency)]
            row[place] += 1
            row[place + 1] += one.amount.minor
    return [Month(*key, *row) for key, row in sorted(sums.items())]
