"""Which helpdesks there are. Each is a folder of its own; it is imported when it is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from connectors.helpdesks.helpdesk import Helpdesk

NAMES = ("freshdesk", "front", "helpscout", "intercom", "zendesk")


class HelpdeskUnknown(LookupError):
    """There is no helpdesk of this name."""


@cache
def helpdesk(name: str) -> Helpdesk:
    """Return the helpdesk called `name`; of "zendesk/main" it is `zendesk`. Raises HelpdeskUnknown."""
    kind = name.partition("/")[0]
    if kind not in NAMES:
        raise HelpdeskUnknown(f"There is no helpdesk {kind!r}; there are: {', '.join(NAMES)}.")
    found = import_module(f"connectors.helpdesks.{kind}").HELPDESK
    assert isinstance(found, Helpdesk)
    return found
