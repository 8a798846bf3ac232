"""What a gateway can do, as data. Importing a gateway's capabilities imports no SDK.

The panel, the documentation and the API all read these; `connectors.offers` decides what is offered on one object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """How one action works at one gateway."""

    action: str
    is_partial: bool = False
    """Whether less than the whole amount can be asked for."""
    is_repeatable: bool = False
    """Whether it can be asked for several times on one object."""
    within: timedelta | None = None
    """Counted from the charge; None where the gateway sets no limit."""
    key_lives: timedelta | None = None
    """How long the gateway remembers an idempotency key; None where it has none: then only a look-up protects."""
    is_looked_up: bool = False
    """Whether the action can be found again by its request id."""
    is_goal: bool = False
    """Whether the object's own state tells it (voided, cancelled, paused, …): asking twice changes nothing more, so
    `look_up` answers Done whenever the goal is reached, and asking again after a look-up that found nothing is safe.
    Never for an action that could take or give money twice."""
    details: tuple[str, ...] = ()
    """Which of the action's details the gateway takes; the others must stay as they are by default."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Everything one gateway can do; `absent` gives, for each action it lacks, the reason in words."""

    gateway: str
    actions: dict[str, Capability]
    absent: dict[str, str] = field(default_factory=dict)
