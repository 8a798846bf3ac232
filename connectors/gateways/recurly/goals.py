"""Actions whose effect an object's own state tells: looked at first, asked for once, and looked at again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectors.errors import GatewayError, OutcomeUnknown
from connectors.gateways.recurly.objects import Object, read, time_of
from connectors.gateways.recurly.wire import Wire
from connectors.outcomes import Done, Outcome, Pending


@dataclass(frozen=True, slots=True)
class Goal:
    """How one object is to stand in the end."""

    kind: str
    object_id: str
    is_reached: Callable[[Object], bool]
    ask: Callable[[Wire, Object], Object | None]
    """Ask Recurly, given the object as it is; the object that its answer holds, or None where that is another one."""

    def now(self, wire: Wire) -> Object:
        """The object. Raises ObjectUnknown."""
        return read(wire, self.kind, self.object_id)


def reach(wire: Wire, goal: Goal) -> Outcome:
    """Ask for it, unless it is reached already. Raises a GatewayError, see `connectors.gateway.Actor.perform`."""
    before = goal.now(wire)
    if goal.is_reached(before):
        return _done(before)
    after = goal.ask(wire, before) or _read_again(wire, goal)
    if not goal.is_reached(after):
        return Pending("Recurly took the request, and does not show its effect yet.", goal.object_id)
    return _done(after)


def seen(wire: Wire, goal: Goal) -> Done | None:
    """Done where it is reached, whoever brought it about. Raises ObjectUnknown."""
    now = goal.now(wire)
    return _done(now) if goal.is_reached(now) else None


def _read_again(wire: Wire, goal: Goal) -> Object:
    try:
        return goal.now(wire)
    except GatewayError as error:
        raise OutcomeUnknown(f"Recurly took the request, and the {goal.kind} could not be read: {error}") from None


def _done(now: Object) -> Done:
    try:
        return Done(str(now["id"]), None, time_of(now["updated_at"]))
    except (KeyError, ValueError) as error:
        raise OutcomeUnknown(f"Recurly's object cannot be read ({type(error).__name__}): look it up.") from None
