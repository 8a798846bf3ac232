"""Reading at the gateway: an object, or what came of an action. Reads change nothing: they are tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from connectors.actions import ACTIONS, Action
from connectors.errors import (
    GatewayError,
    NotAccepted,
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    Refused,
    UnexpectedShape,
)
from connectors.outcomes import LookedUp
from connectors.states import ObjectState
from counterfoil.requests import ActionRequest, gateway_key
from flows.actions import faults
from flows.actions.conclusion import refused
from flows.actions.desk import Desk

TRIES = 4
LONGEST_WAIT_S = 5.0

T = TypeVar("T")


class Unreadable(Exception):
    """The gateway could not be read; the text says why. Nothing was sent by the reading."""


def object_at_gateway(desk: Desk, request: ActionRequest) -> ObjectState:
    """Read what the action is about. Raises Concluded where there is none, or Unreadable."""
    actor = desk.accounts.actor(request.account)
    kind = ACTIONS[request.action].object_kind
    try:
        return tried_again(desk, "read", lambda: actor.state_of(kind, request.object_id))
    except ObjectUnknown:
        sentence = f"{request.account} knows no {kind} {request.object_id}; check the number and the account."
        raise refused(sentence, "ObjectUnknown") from None


def looked_up(desk: Desk, action: Action) -> LookedUp | None:
    """Find what came of an action by its request id. Raises Unreadable."""
    actor = desk.accounts.actor(action.account)
    key = gateway_key(action.request_id)
    return tried_again(desk, "look_up", lambda: actor.look_up(action, idempotency_key=key))


def tried_again(desk: Desk, what: str, read: Callable[[], T]) -> T:
    """Call `read` up to TRIES times while the gateway is busy or gives no usable answer."""
    for number in range(1, TRIES + 1):
        faults.point(f"before_{what}")
        try:
            found = read()
        except (NotAccepted, OutcomeUnknown, UnexpectedShape) as error:
            if number == TRIES:
                raise Unreadable(str(error)) from error
            desk.sleep(pause_s(number, error))
        except NotAuthorised as error:
            raise Unreadable(str(error)) from error
        except Refused:
            raise
        except GatewayError as error:
            raise Unreadable(str(error)) from error
        faults.point(f"after_{what}")
        return found
    raise AssertionError("unreachable: the last try returns or raises")


def pause_s(number: int, error: GatewayError) -> float:
    """How long to wait after the try of this number (from 1): what the gateway asks for, within bounds."""
    asked = error.retry_after_s if isinstance(error, NotAccepted) else None
    return min(asked if asked is not None else 0.2 * 3 ** (number - 1), LONGEST_WAIT_S)
