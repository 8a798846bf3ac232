"""From a request's words to a typed action: the details are checked, and what is wrong is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_type_hints

from connectors.actions import ACTIONS, Action, has_amount
from connectors.money import Money
from counterfoil.requests import ActionRequest

LONGEST_TEXT = 500
LARGEST_NUMBER = 1_000_000
_NOT_DETAILS = frozenset({"account", "object_id", "reason_code", "request_id", "amount"})
WORDS = {
    "restocks": "Put the goods back to stock",
    "price_id": "Price or plan",
    "quantity": "Quantity",
    "at_period_end": "When the paid period ends",
    "is_prorated": "Count the unused part",
    "coupon_id": "Coupon",
    "tax_id": "Tax id",
    "tax_id_type": "Its kind",
    "line1": "Address",
    "line2": "Address, second line",
    "city": "City",
    "postal_code": "Postal code",
    "state": "State or province",
    "country": "Country",
    "note": "Note",
    "is_for_customer": "The customer sees it",
}
"""How a form names each detail."""


class ActionInvalid(ValueError):
    """The request asks for something that is no action; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One field of an action beyond its object and amount."""

    name: str
    kind: type[str] | type[int] | type[bool]
    default: str | int | bool | None
    """None where it must be given."""

    @property
    def words(self) -> str:
        return WORDS[self.name]


def details_of(action: str) -> tuple[Detail, ...]:
    """The details that an action takes, in the order of its fields. Raises ActionInvalid for a name that is none."""
    kind = _kind(action)
    hints = get_type_hints(kind)
    return tuple(
        Detail(field.name, hints[field.name], None if field.default is MISSING else field.default)
        for field in fields(kind)
        if field.name not in _NOT_DETAILS
    )


def requested_action(
    action: str,
    *,
    account: str,
    object_id: str,
    amount: Money | None,
    details: Mapping[str, Any],
    reason_code: str,
    request_id: str,
) -> Action:
    """Make the action. Raises ActionInvalid for unknown names, missing, unknown or wrongly typed details."""
    kind = _kind(action)
    if has_amount(action) != (amount is not None):
        raise ActionInvalid(f"{kind.title}: an amount is {'needed' if amount is None else 'not part of it'}.")
    known = details_of(action)
    if unknown := sorted(set(details) - {detail.name for detail in known}):
        raise ActionInvalid(f"{kind.title} has no {', '.join(unknown)[:100]}.")
    given: dict[str, Any] = {detail.name: _value(detail, details) for detail in known}
    if amount is not None:
        given["amount"] = amount
    return kind(account=account, object_id=object_id, reason_code=reason_code, request_id=request_id, **given)


def action_of(request: ActionRequest, amount: Money | None) -> Action:
    """The typed action of a request. `amount`: as it was asked for, or as read where all that is left was asked for.
    Raises ActionInvalid."""
    return requested_action(
        request.action,
        account=request.account,
        object_id=request.object_id,
        amount=amount,
        details=request.details,
        reason_code=request.reason_code,
        request_id=request.request_id,
    )


def _kind(action: str) -> type[Action]:
    if action not in ACTIONS:
        raise ActionInvalid(f"There is no action {action[:40]!r}; known are {', '.join(ACTIONS)}.")
    return ACTIONS[action]


def _value(detail: Detail, details: Mapping[str, Any]) -> str | int | bool:
    value = details.get(detail.name, detail.default)
    if value is None or value == "" and detail.default is None:
        raise ActionInvalid(f"{detail.words} is missing.")
    if type(value) is not detail.kind:
        raise ActionInvalid(f"{detail.words} is of the wrong kind: {type(value).__name__}, not {detail.kind.__name__}.")
    if isinstance(value, str):
        _check_text(detail, value)
    elif not isinstance(value, bool) and not 0 < value <= LARGEST_NUMBER:
        raise ActionInvalid(f"{detail.words} must be between 1 and {LARGEST_NUMBER}.")
    return value


def _check_text(detail: Detail, value: str) -> None:
    if len(value) > LONGEST_TEXT:
        raise ActionInvalid(f"{detail.words} is longer than {LONGEST_TEXT} characters.")
    if any(ord(sign) < 32 for sign in value):
        raise ActionInvalid(f"{detail.words} holds line breaks or control characters; remove them.")
