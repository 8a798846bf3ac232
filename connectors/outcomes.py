"""What came of an action: Done, or Pending. A refusal is an error of `connectors.errors`, never an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.money import Money


@dataclass(frozen=True, slots=True)
class Done:
    """The gateway confirmed that the action is complete."""

    gateway_reference: str
    """The id of the object that the action made or changed, such as re_123."""
    amount: Money | None
    """What moved or is held; None for an action without an amount."""
    at: datetime
    """When the gateway says that it happened (UTC)."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Accepted but not complete, or not known to be: it is looked up until it is settled."""

    reason: str
    """A sentence for the agent, such as "The bank has not confirmed the refund yet."."""
    gateway_reference: str | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Found by a look-up: the gateway accepted the action and later undid it, such as a refund that failed."""

    reason: str
    gateway_reference: str
    amount: Money | None


Outcome = Done | Pending
LookedUp = Done | Pending | Failed
