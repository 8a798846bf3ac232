"""What a gateway's tests hand to the conformance suite: a stand-in with books of its own, and objects to act on."""

from __future__ import annotations

from typing import Protocol

from connectors.actions import Action
from connectors.gateway import AccountAccess, Actor, Gateway
from connectors.money import Money

PATIENT_S = 30.0
"""How long an actor of a test waits for an answer that will come: also on a machine that has other things to do."""

HURRIED_S = 1.0
"""How long one waits for an answer that will not come."""

NO_ANSWER_S = 60.0
"""How long a stand-in hangs that is to give no answer; it stops when the other side has gone."""


class Scene(Protocol):
    """One gateway with its stand-in. Charges that are handed out are paid, at least 5.00, and used by one test only."""

    gateway: Gateway
    access: AccountAccess
    """A key that may do everything."""

    def open_actor(self, access: AccountAccess, *, timeout_s: float = PATIENT_S) -> Actor:
        """An actor that waits that many seconds for an answer."""

    def charge(self) -> str:
        """A charge that can be refunded at once."""

    def slow_charge(self) -> str | None:
        """One whose refunds are pending first; None where the gateway has none."""

    def disputed_charge(self) -> str: ...

    def refunded(self, charge_id: str) -> Money:
        """What the stand-in's books say was given back."""

    def fault(self, kind: str) -> None:
        """Let the next request that refunds fail like this (see LOST_ANSWERS, NEVER_ARRIVED and "rate_limited")."""

    def settle(self, reference: str, *, succeeds: bool) -> None:
        """Let a pending refund succeed or fail."""

    def listed(self, path: str, ids: list[str]) -> bytes:
        """How the gateway answers a request for a list: these objects, of which it tells their ids and little else, on
        one page that is the last one. Of the suite's `long_list` it is asked with many; of every list with none."""


class ActionScene(Scene, Protocol):
    """A scene that has something to act on for every action of the gateway's capabilities."""

    def object_for(self, action: str) -> Action | None:
        """One of this name with its own request id, that ends Done at once, on an object that no other test has; None
        where the gateway does not offer it."""

    def effects(self, action: Action) -> int:
        """How often the stand-in's books show it: what carries its request id, or 1 where the goal is reached."""

    def fault_on(self, action: Action, kind: str) -> None:
        """Let the next request that carries this action out fail like this (see `Scene.fault`)."""
