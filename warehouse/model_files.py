"""The models: plain SQL files below models/, read, ordered by what they refer to, and given a fingerprint.

A file is one SELECT. Its first line says the grain. A large table adds how it is built incrementally:

    -- grain: one row per refund
    -- key: gateway, account, refund_id
    -- changed: SELECT gateway, account, refund_id FROM staging.stripe_refunds WHERE load_number > $mark

`key` names the columns that are replaced together; each `changed` line selects the keys whose rows must be made anew
because something was loaded after load `$mark`. A file without these lines is always built whole.

A mart reads what changed in the tables below it from their logs (warehouse/changes.py), each of which it must name:

    -- changed: SELECT gateway, account, charge_id FROM changes.canonical_charges WHERE version > $version
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import entry_points
from pathlib import Path

from connectors.registry import GROUP
from connectors.registry import gateway as gateway_called

FOLDER = Path(__file__).resolve().parent / "models"
_WHOLE: dict[tuple[str, ...], str] = {("invoice_id",): "invoices", ("order_id",): "orders"}
AS_IT_STANDS = re.compile(r"^SELECT \*(?: EXCLUDE \([^)]*\))? FROM staging\.([a-z0-9]+)_(\w+)$", re.MULTILINE)
"""A member of a union that is one gateway's rows as they stand: gateway, table."""
_REFERENCE = re.compile(r"\b(staging|canonical|marts|seeds|books|meta|raw_[a-z0-9]+)\.([a-z_][a-z0-9_]*)\b(?!\s*\()")


class ModelInvalid(ValueError):
    """A model file is not one SELECT with its grain on the first line, or refers to what is not there."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model file."""

    name: str
    """schema.table: staging.stripe_charges, canonical.charges, marts.people."""
    sql: str
    key: tuple[str, ...]
    changed: tuple[str, ...]
    """SELECTs of changed keys, with $mark in them."""
    references: frozenset[str]

    @property
    def is_view(self) -> bool:
        return self.name.startswith("staging.")

    @property
    def is_incremental(self) -> bool:
        return bool(self.changed)


def read_models(folder: Path = FOLDER, private: Mapping[str, Path] | None = None) -> list[Model]:
    """All models, each after those that it refers to. Raises ModelInvalid.

    `private`: gateway -> the folder of its models, for gateways outside of this repository; by default those that are
    installed.
    """
    found = {model.name: model for model in map(_read, sorted(folder.rglob("*.sql")))}
    for gateway, place in sorted((_installed(tuple(sys.path)) if private is None else private).items()):
        found |= with_private(found, gateway, [_read(path) for path in sorted(place.rglob("*.sql"))])
    for model in found.values():
        missing = [
            name for name in model.references - found.keys() if name.startswith(("staging", "canonical", "marts"))
        ]
        if missing:
            raise ModelInvalid(f"{model.name} refers to {', '.join(sorted(missing))}, and there is no such model.")
        _check_logs(model, found)
    try:
        order = TopologicalSorter(
            {name: model.references & found.keys() for name, model in found.items()}
        ).static_order()
        return [found[name] for name in order]
    except CycleError as error:
        raise ModelInvalid(f"models refer to each other in a circle: {' → '.join(error.args[1])}") from None


def with_private(found: Mapping[str, Model], gateway: str, models: Iterable[Model]) -> dict[str, Model]:
    """The staging models of a gateway, and the canonical tables that they become a part of: one that is called like a
    canonical table is added to its union, and told to its changes."""
    added = {model.name: model for model in models}
    odd = [name for name in added if not name.startswith(f"staging.{gateway}_") or name in found]
    if odd:
        raise ModelInvalid(
            f"{', '.join(sorted(odd))}: the models of {gateway} belong into models/staging/{gateway}/ of its package."
        )
    for name in sorted(added):
        canonical = found.get(f"canonical.{name.removeprefix(f'staging.{gateway}_')}")
        if canonical is not None:
            whole = f"staging.{gateway}_{_WHOLE.get(canonical.key[-1:], '')}"
            # Lines are replaced with what they are of: an invoice that lost its last line has no row that could tell.
            source = whole if whole in added else name
            added[canonical.name] = _joined(canonical, name, source)
    return added


def _joined(canonical: Model, staging: str, source: str) -> Model:
    return replace(
        canonical,
        sql=f"{canonical.sql}\nUNION ALL BY NAME\nSELECT * EXCLUDE (load_number) FROM {staging}",
        changed=(*canonical.changed, f"SELECT {', '.join(canonical.key)} FROM {source} WHERE load_number > $mark"),
        references=canonical.references | {staging, source},
    )


@cache
def _installed(_searched: tuple[str, ...]) -> dict[str, Path]:
    # Reading what every installed package announces takes longer than a build without changes.
    names = {entry.name for entry in entry_points(group=GROUP)}
    found = {name: gateway_called(name).models for name in names}
    return {name: folder for name, folder in found.items() if folder is not None}


def _check_logs(model: Model, found: dict[str, Model]) -> None:
    below = [found[name] for name in model.references & found.keys()] if model.is_incremental else []
    logs = {log_of(other.name) for other in below if other.is_incremental}
    unread = [log for log in sorted(logs) if not any(log in text for text in model.changed)]
    if unread:
        raise ModelInvalid(f"{model.name} is built row by row, but no changed line of it reads {', '.join(unread)}.")


def log_of(name: str) -> str:
    """The table that tells the changes of a table: canonical.charges -> changes.canonical_charges."""
    return f"changes.{name.replace('.', '_')}"


def fingerprints(models: Iterable[Model], context: str) -> dict[str, str]:
    """A digest per model of its text, the texts it stands on, and `context`; a new one means: build whole."""
    found: dict[str, str] = {}
    for model in models:
        below = [found.get(name, "") for name in sorted(model.references)]
        text = "\n".join([context, model.sql, *model.key, *model.changed, *below])
        found[model.name] = hashlib.sha256(text.encode()).hexdigest()
    return found


def needed_for(models: list[Model], names: frozenset[str]) -> list[Model]:
    """The named models and all that they stand on, in order."""
    needed = set(names)
    for model in reversed(models):
        if model.name in needed:
            needed |= model.references
    return [model for model in models if model.name in needed]


def all_below(models: list[Model]) -> dict[str, frozenset[str]]:
    """Model -> every table and view that it stands on, however far below."""
    found: dict[str, frozenset[str]] = {}
    for model in models:
        found[model.name] = model.references.union(*(found.get(name, frozenset()) for name in model.references))
    return found


def _read(path: Path) -> Model:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    if not lines or not lines[0].startswith("-- grain: one row per "):
        raise ModelInvalid(f"{path}: the first line must say the grain, like: -- grain: one row per charge")
    sql = "\n".join(line for line in lines if not line.lstrip().startswith("--")).strip()
    if not re.match(r"(SELECT|WITH)\b", sql) or ";" in sql:
        raise ModelInvalid(f"{path}: a model is one SELECT without a semicolon.")
    key = tuple(name.strip() for entry in _entries(lines, "key") for name in entry.split(","))
    changed = tuple(_entries(lines, "changed"))
    if bool(key) != bool(changed):
        raise ModelInvalid(f"{path}: key and changed go together.")
    return Model(_name(path), sql, key, changed, references_in("\n".join([sql, *changed])))


def references_in(sql: str) -> frozenset[str]:
    """The tables and views that a text names, each as schema.table."""
    return frozenset(".".join(match) for match in _REFERENCE.findall(sql))


def _name(path: Path) -> str:
    if path.parent.parent.name == "staging":
        return f"staging.{path.parent.name}_{path.stem}"
    return f"{path.parent.name}.{path.stem}"


def _entries(lines: list[str], word: str) -> list[str]:
    return [line.removeprefix(f"-- {word}: ") for line in lines if line.startswith(f"-- {word}: ")]
