"""One kind of object in memory: serialised bytes, kept in order of creation, with an index for each filter."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass

Key = tuple[int, int, str]  # created (seconds), sequence number, id


@dataclass(frozen=True)
class Window:
    """Bounds of a list: seconds (both inclusive), and the keys that it must lie strictly between."""

    first: int | None = None
    last: int | None = None
    after: Key | None = None
    before: Key | None = None


class Table:
    """Objects of one kind, oldest first inside, newest first outside."""

    def __init__(self) -> None:
        self.raw: dict[str, bytes] = {}
        self.keys: list[Key] = []
        self._key_of: dict[str, Key] = {}
        self._values: dict[str, dict[str, str]] = {}
        self._index: dict[tuple[str, str], list[Key]] = {}

    def put(self, key: Key, raw: bytes, values: dict[str, str]) -> None:
        """Insert or replace one object; `values` are its filterable fields as text."""
        self._unindex(key, values)
        if key[2] not in self._key_of:
            self._key_of[key[2]] = key
            _insert(self.keys, key)
        self.raw[key[2]] = raw
        known = self._values.setdefault(key[2], {})
        for name, value in values.items():
            if known.get(name) != value:
                known[name] = value
                _insert(self._index.setdefault((name, value), []), key)

    def drop(self, wanted: str) -> None:
        """Take an object out of the lists; it can still be retrieved."""
        key = self._key_of.get(wanted)
        if key is None:
            return
        if key in self.keys:
            self.keys.remove(key)
        self._unindex(key, {})

    def key_of(self, wanted: str) -> Key | None:
        """Where an id stands in the order."""
        return self._key_of.get(wanted)

    def values(self, name: str) -> set[str]:
        """The values that a filterable field has had."""
        return {value for field, value in self._index if field == name}

    def newest(self, filters: list[tuple[str, set[str]]], window: Window) -> Iterator[str]:
        """Ids from the newest to the oldest within the window, that pass every filter."""
        for key in reversed(self._span(filters, window)):
            if self._passes(key[2], filters[1:]):
                yield key[2]

    def oldest(self, filters: list[tuple[str, set[str]]], window: Window) -> Iterator[str]:
        """The same ids, the other way round."""
        for key in self._span(filters, window):
            if self._passes(key[2], filters[1:]):
                yield key[2]

    def _span(self, filters: list[tuple[str, set[str]]], window: Window) -> "_Span":
        keys = self._candidates(filters)
        low = 0 if window.first is None else bisect_left(keys, (window.first,))
        high = len(keys) if window.last is None else bisect_left(keys, (window.last + 1,))
        if window.after is not None:
            low = max(low, bisect_right(keys, window.after))
        if window.before is not None:
            high = min(high, bisect_left(keys, window.before))
        return _Span(keys, low, high)

    def _candidates(self, filters: list[tuple[str, set[str]]]) -> list[Key]:
        if not filters:
            return self.keys
        name, wanted = filters[0]
        lists = [self._index.get((name, value), []) for value in wanted]
        return lists[0] if len(lists) == 1 else sorted(key for part in lists for key in part)

    def _passes(self, wanted: str, filters: list[tuple[str, set[str]]]) -> bool:
        values = self._values[wanted]
        return all(values.get(name) in allowed for name, allowed in filters)

    def _unindex(self, key: Key, values: dict[str, str]) -> None:
        known = self._values.get(key[2], {})
        for name in [name for name, value in known.items() if values.get(name) != value]:
            self._index[name, known.pop(name)].remove(key)


@dataclass(frozen=True)
class _Span:
    """A slice of a list of keys that copies nothing."""

    keys: list[Key]
    low: int
    high: int

    def __iter__(self) -> Iterator[Key]:
        return (self.keys[place] for place in range(self.low, self.high))

    def __reversed__(self) -> Iterator[Key]:
        return (self.keys[place] for place in range(self.high - 1, self.low - 1, -1))


def _insert(keys: list[Key], key: Key) -> None:
    if not keys or keys[-1] < key:
        keys.append(key)
    else:
        insort(keys, key)
