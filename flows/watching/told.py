"""Who was told what: kept in var/watch/told.json, so that each finding is told once to each, and its end too."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from flows.watching.findings import Finding


class NotTold(Exception):
    """A channel did not take the news; the text says why. They are kept for the next time."""


@dataclass(frozen=True, slots=True)
class News:
    """What one channel is to be told now."""

    wrong: tuple[Finding, ...]
    over: tuple[Finding, ...]

    @property
    def is_empty(self) -> bool:
        return not self.wrong and not self.over

    @property
    def headline(self) -> str:
        """One line."""
        if not self.wrong:
            return f"over: {self.over[0].sentence}"
        more = f" (and {len(self.wrong) - 1} more)" if len(self.wrong) > 1 else ""
        return self.wrong[0].sentence + more


class Channel(Protocol):
    """A way to tell somebody. `name` is how it stands in the state."""

    @property
    def name(self) -> str: ...

    def tell(self, news: News, now: datetime) -> None:
        """Tell it, or raise NotTold."""


@dataclass(frozen=True, slots=True)
class Known:
    """A finding with the times (ISO 8601, UTC) at which each channel was told of it last."""

    finding: Finding
    told_at: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What one look led to."""

    known: dict[str, Known]
    news: int
    trouble: tuple[str, ...]


def tell(
    known: Mapping[str, Known], found: Iterable[Finding], channels: Sequence[Channel], now: datetime, again: timedelta
) -> Told:
    """Tell each channel what it does not know yet, and what is over. What a channel did not take stays for it."""
    current = {one.key: one for one in found}
    state = {key: _seen(known.get(key), finding) for key, finding in current.items()}
    state |= {key: one for key, one in known.items() if key not in current}
    told, trouble = 0, []
    for channel in channels:
        news = _news(state, current, channel.name, now, again)
        if news.is_empty:
            continue
        try:
            channel.tell(news, now)
        except NotTold as error:
            trouble.append(str(error))
            continue
        told += len(news.wrong) + len(news.over)
        for one in news.wrong:
            state[one.key].told_at[channel.name] = now.isoformat()
        for one in news.over:
            state[one.key].told_at.pop(channel.name)
    names = {channel.name for channel in channels}
    kept = {key: one for key, one in state.items() if key in current or not names.isdisjoint(one.told_at)}
    return Told(kept, told, tuple(trouble))


def read_known(path: Path) -> dict[str, Known]:
    """What was told so far; empty where there is no file, or it is none of ours: then everything is told anew."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {
            key: Known(
                Finding(key, str(row["sentence"]), datetime.fromisoformat(row["since"])),
                {str(name): str(at) for name, at in row["told_at"].items()},
            )
            for key, row in rows.items()
        }
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_known(path: Path, known: Mapping[str, Known]) -> None:
    """Replace the file as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {
        key: {**asdict(one.finding), "since": one.finding.since.isoformat(), "told_at": one.told_at}
        for key, one in known.items()
    }
    temporary = path.with_suffix(f".{os.getpid()}.new")
    temporary.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    temporary.replace(path)


def _seen(before: Known | None, finding: Finding) -> Known:
    """What is found now, as of when it was found first."""
    if before is None:
        return Known(finding)
    return Known(replace(finding, since=min(finding.since, before.finding.since)), dict(before.told_at))


def _news(
    state: Mapping[str, Known], current: Mapping[str, Finding], channel: str, now: datetime, again: timedelta
) -> News:
    wrong = [one.finding for key, one in state.items() if key in current and _is_due(one, channel, now, again)]
    over = [one.finding for key, one in state.items() if key not in current and channel in one.told_at]
    return News(tuple(wrong), tuple(over))


def _is_due(one: Known, channel: str, now: datetime, again: timedelta) -> bool:
    at = one.told_at.get(channel)
    return at is None or now - datetime.fromisoformat(at) >= again
