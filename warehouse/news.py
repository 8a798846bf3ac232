"""What of a model's text can matter now: planning a query over views that hold nothing new costs more than reading it.

A `changed` line is asked only if something was loaded, or a log written, below what it names; of a union only the
members of those gateways are read whose keys changed. Nothing else comes out: what is left out has no rows to give.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from warehouse.model_files import AS_IT_STANDS, Model, log_of, references_in
from warehouse.state import State

_UNION = "\nUNION ALL BY NAME\n"
_LOG = re.compile(r"\bchanges\.\w+")


@dataclass(frozen=True, slots=True)
class News:
    """What was loaded below the tables."""

    mark: int
    """The last load that ended. A killed load's rows may be above it, and are looked at again."""
    newest: Mapping[str, int]
    """Raw table -> the highest load number of its rows."""
    below: Mapping[str, frozenset[str]]
    """Model -> the raw tables that it stands on."""

    def has_loads(self, model: str, mark: int) -> bool:
        """Whether anything below a model was loaded after load `mark`."""
        return any(self.newest.get(name, 0) > mark for name in self.below[model])

    def may_tell(self, text: str, state: State, states: Mapping[str, State]) -> bool:
        """Whether a `changed` line of a table in this state can name a key; `states`: those of all tables."""
        logs = frozenset(_LOG.findall(text))
        if logs:
            return any(log_of(name) in logs and below.version > state.taken for name, below in states.items())
        names = references_in(text)
        raw = {name for name in names if name.startswith("raw_")}.union(*(self.below.get(name, ()) for name in names))
        return not raw or any(self.newest.get(name, 0) > state.mark for name in raw)


def of_gateways(model: Model, gateways: frozenset[str]) -> str:
    """The model's SELECT without the members of its union that are other gateways' rows.

    The table itself, of which nothing is taken, comes first: it keeps columns, their order and types.
    """
    parts = model.sql.split(_UNION)
    kept = [part for part in parts if _gateway(part) in (None, *gateways)]
    if "gateway" not in model.key or len(kept) == len(parts):
        return model.sql
    none = f"FROM {model.name} WHERE false"
    return f"{none}{_UNION}FROM (\n{_UNION.join(kept)}\n)" if kept else none


def _gateway(member: str) -> str | None:
    """Whose rows a member of a union takes as they stand; None for one that does more."""
    found = AS_IT_STANDS.fullmatch(member.strip())
    return found[1] if found else None
