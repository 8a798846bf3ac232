"""What a company's endpoint offers, found out by asking: one object of each list, and an outcome that nobody knows."""

from __future__ import annotations

from uuid import uuid4

from connectors.errors import ObjectUnknown
from connectors.gateway import Permission
from connectors.gateways.custom.errors import NotOffered
from connectors.gateways.custom.resources import RESOURCES
from connectors.gateways.custom.wire import Wire


def probe_permissions(wire: Wire) -> list[Permission]:
    """One line for each list, and one for look-ups. Raises NotAuthorised where our signature is refused."""
    lines = [
        Permission(f"Read {name}", _offers(wire, f"/objects/{name}"), "pulling; without it they must be imported")
        for name in (resource.name for resource in RESOURCES)
    ]
    may_look_up = _offers(wire, f"/outcomes/probe_{uuid4().hex}")
    return [*lines, Permission("Look outcomes up", may_look_up, "actions; without it nothing is sent")]


def _offers(wire: Wire, path: str) -> bool:
    try:
        wire.page(path)
    except ObjectUnknown:
        return True
    except NotOffered:
        return False
    return True
