"""An outcome as a company's endpoint tells it: in its answer, when we look it up, or by itself later. One shape.

Fields: request_id, status (done, pending, refused, failed), reference, at, reason, code, amount_minor, currency.
Done needs a reference and a time; a status that is none of these is pending, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.actions import Action
from connectors.errors import Declined, UnexpectedShape
from connectors.gateways.custom.errors import FAILURES, refusal
from connectors.money import Money
from connectors.outcomes import Done, Failed, LookedUp, Outcome, Pending

LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One outcome, held to its shape."""

    request_id: str
    status: str
    reference: str
    """Empty where none was given."""
    at: datetime | None
    reason: str
    code: str
    amount: Money | None


def checked(said: Mapping[str, Any]) -> Told:
    """Read an outcome. Raises UnexpectedShape, which names the field."""
    status = _text(said, "status")
    return Told(
        request_id=_text(said, "request_id"),
        status=status,
        reference=_text(said, "reference", is_required=status == "done"),
        at=_time(said, is_required=status == "done"),
        reason=FAILURES.scrub(_text(said, "reason", is_required=False, longest=2_000)),
        code=_text(said, "code", is_required=False),
        amount=_amount(said),
    )


def performed(action: Action, told: Told) -> Outcome:
    """What came of asking. Raises the refusal."""
    if told.status == "refused":
        raise refusal(told.code, told.reason)
    found = looked_up(action, told)
    if isinstance(found, Failed):
        raise Declined(found.reason, code=told.code or None)
    return found


def looked_up(action: Action, told: Told) -> LookedUp:
    """What came of an action. The amount is the one that was asked for: another one is never Done."""
    asked: Money | None = getattr(action, "amount", None)
    if told.status in {"failed", "refused"}:
        said = told.reason or "no reason given"
        return Failed(f"The company's endpoint says that it failed: {said}", told.reference or told.request_id, asked)
    if told.status == "done" and told.at is not None:
        if told.amount is not None and told.amount != asked:
            return Pending(
                f"The company's endpoint reports {told.amount} where {asked} was asked for: a person must look at it.",
                told.reference,
                asked,
            )
        return Done(told.reference, asked, told.at)
    waits = told.reason or "The company's endpoint has accepted it and not finished yet."
    if told.status != "pending":
        waits = f"The company's endpoint reports the status {FAILURES.scrub(told.status)!r}, which we do not know."
    return Pending(waits, told.reference or None, asked)


def _text(said: Mapping[str, Any], name: str, *, is_required: bool = True, longest: int = LONGEST_ID) -> str:
    value = said.get(name)
    if value is None and not is_required:
        return ""
    if not isinstance(value, str) or len(value) > longest or (is_required and not value):
        raise UnexpectedShape(f"The outcome's {name} must be a text of 1 to {longest} characters.")
    return value


def _time(said: Mapping[str, Any], *, is_required: bool) -> datetime | None:
    value = said.get("at")
    if value is None and not is_required:
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise UnexpectedShape("The outcome's at must be an ISO 8601 time with an offset, like 2026-11-23T10:00:00Z.")
    return at.astimezone(UTC)


def _amount(said: Mapping[str, Any]) -> Money | None:
    minor, currency = said.get("amount_minor"), said.get("currency")
    if minor is None:
        return None
    try:
        return Money(minor, str(currency))
    except ValueError as error:
        raise UnexpectedShape(f"The outcome's amount cannot be: {error}") from None
