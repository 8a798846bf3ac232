"""What every gateway's folder must offer: one `Gateway`, made from its folder's files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from connectors.actions import Action, ObjectKind
from connectors.capabilities import Capabilities
from connectors.outcomes import LookedUp, Outcome
from connectors.states import ObjectState

ColumnKind = Literal["text", "bigint", "bool", "timestamp", "iso_time", "gmt_time", "decimal", "json", "currency"]
"""`timestamp` is seconds since 1970 in the gateway's answer; `iso_time` is ISO 8601 text with an offset or Z;
`gmt_time` is such text without one that is said to be UTC; all become times in UTC. `decimal` is an amount in major
units ("10.50", text or number), kept as text and made minor units in staging; `currency` comes in any case and leaves
in capitals; `json` is kept as text."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a raw table, and where it stands in the gateway's object."""

    name: str
    path: str
    """JSON path below the object, such as "payment_method_details.card.last4"."""
    kind: ColumnKind
    is_required: bool = False
    allowed: frozenset[str] | None = None
    """The documented values of an enum; another value sends the row to quarantine."""
    at_least: int | None = None
    """The smallest whole number that can be; a smaller one sends the row to quarantine."""
    entries: tuple[Column, ...] = ()
    """For `json` that holds a list: the fields of each entry. What is imported is held to them."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One list of a gateway: charges, refunds, …. Merged on (gateway, account, id)."""

    name: str
    object_type: str
    """The gateway's own name of one object, such as "charge"."""
    columns: tuple[Column, ...]
    changed_at: str | None = None
    """The column that says since when the object is so. Where it is set, the latest of two versions is the one that
    changed later, not the one that was seen later."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the gateway, unchanged but for line breaks between tokens."""

    resource: str
    body: bytes
    """One line of JSON: a list answer, or one object."""
    rows: int
    seen_at: datetime
    """When the request was sent (UTC): of two versions of an object the later seen one counts."""
    cursor: str | None
    """Where to go on after this page; None at the end."""


@dataclass(frozen=True, slots=True)
class AccountAccess:
    """What is needed to speak for one account. `repr` never shows the key."""

    account: str
    api_base: str
    api_key: str
    reported: Path | None = None
    """The folder of the outcomes that the account's own side has reported to us (see counterfoil.reported)."""
    seen_before: Path | None = None
    """The folder of what objects looked like before actions were sent (see connectors.seen_before)."""

    def __repr__(self) -> str:
        return f"AccountAccess(account={self.account!r}, api_base={self.api_base!r})"


@dataclass(frozen=True, slots=True)
class Permission:
    """One line of `counterfoil doctor`: what the key may do."""

    name: str
    is_granted: bool
    needed_for: str


class Reader(Protocol):
    """The read side of one account."""

    def pages(self, resource: str, *, since: datetime | None, cursor: str | None) -> Iterator[Page]:
        """Pages of one resource, from `cursor` on; with `since`, what was created or changed after it."""

    def changed(self, since: datetime) -> Iterator[tuple[str, str]]:
        """(resource, id) of the objects that the gateway's events name as changed after `since`."""

    def fetch(self, resource: str, object_id: str) -> Page | None:
        """One object as it stands now; None where the gateway does not know it."""

    def permissions(self) -> list[Permission]:
        """What the key may read and do, found out without any effect."""

    def close(self) -> None:
        """Give the connections back."""


class Actor(Protocol):
    """The act side of one account."""

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object at the gateway; the state is of the class for its kind. Raises ObjectUnknown."""

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Ask for the action. Raises a GatewayError; a Refused one means that nothing moved."""

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """Find what came of an action by its request id, or, where its capability says `is_goal`, by the object's own
        state; None where the gateway has no trace of it."""

    def close(self) -> None:
        """Give the connections back."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as it came in, with what else its check may need."""

    body: bytes
    headers: Mapping[str, str]
    """All headers; names in lower case."""
    api_base: str
    """Of the account that it was sent to: what may stand in for the gateway on 127.0.0.1 only."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """One gateway: what it can do, what can be read, and how to open an account of it."""

    name: str
    capabilities: Capabilities
    resources: tuple[Resource, ...]
    open_reader: Callable[[AccountAccess], Reader]
    open_actor: Callable[[AccountAccess], Actor]
    harvest: Callable[[bytes], Iterable[tuple[str, bytes]]]
    """(resource, object as one line of JSON) for every known object anywhere in one answer; used by replay."""
    verify_webhook: Callable[[bytes, str, tuple[str, ...], datetime], tuple[str, str, str]]
    """(raw body, signature header, secrets, now) -> (event id, resource, object id). Raises BadSignature."""
    verify_delivery: Callable[[Delivery, tuple[str, ...], datetime], tuple[str, str, str]] | None = None
    """The same for gateways whose check needs more than the one header `<name>-signature`; takes its place."""
    resource_of: Mapping[ObjectKind, str] = field(default_factory=lambda: {"charge": "charges"})
    """Which of the resources holds the objects of a kind; kinds that the gateway has no actions on may be missing."""
    made_by: Mapping[str, str] = field(default_factory=lambda: {"refund": "refunds"})
    """For actions that make a new object: which resource holds what the outcome's gateway reference names."""
    of_customer: Callable[[Reader, str], Iterable[Page]] | None = None
    """(reader, customer id) -> the newest page of each list of one customer; None where it has no such lists."""
    takes_imports: bool = False
    """Whether objects of its resources may be sent to us, with the account's import key."""
    models: Path | None = None
    """For gateways outside of this repository: the folder of their staging models. One that is called like a canonical
    table becomes a part of it."""
    answer_challenge: Callable[[Mapping[str, str], tuple[str, ...]], str] | None = None
    """(query, secrets) -> the text by which a gateway that asks `GET` of a webhook's address knows it as ours. Raises
    BadSignature."""

    def verified(self, delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
        """(event id, resource, object id) of a webhook. Raises BadSignature, UnexpectedShape for what is no event, or
        Unavailable where the gateway's certificate cannot be had now."""
        if self.verify_delivery is not None:
            return self.verify_delivery(delivery, secrets, now)
        header = delivery.headers.get(f"{self.name}-signature", "")
        return self.verify_webhook(delivery.body, header, secrets, now)
