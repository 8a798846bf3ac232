"""What a page tells of a run beyond its state: the object, its person, and what would happen if it were approved.

A run's parameters are whatever somebody wrote into the queue, so nothing of them is taken on trust here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from markupsafe import Markup

from connectors.actions import ACTIONS, ObjectKind
from connectors.currencies import EXPONENTS
from connectors.money import Money
from connectors.requested import ActionInvalid, requested_action
from counterfoil.action_runs import ActionRun
from dashboards.detail_fields import chosen_in_words
from dashboards.preview import consequences
from dashboards.roles import Visitor
from dashboards.service import Service
from dashboards.subjects import Subject, find_subject
from dashboards.titles import details_in_words
from warehouse.published import NothingPublished

_MATCHES = {
    "chosen": "chosen by the requester",
    "identifier": "by an id that the ticket names",
    "email": "by the e-mail address only",
}


@dataclass(frozen=True, slots=True)
class ShownRun:
    """`lines` are the sentences of the preview; empty where the object is not known here, or the request is none."""

    person_id: str | None
    details: dict[str, str]
    lines: tuple[Markup, ...]
    match: str


def shown_run(service: Service, visitor: Visitor, run: ActionRun) -> ShownRun:
    """Read the published file for a run, as if it had not been asked for."""
    subject = _subject(service, visitor, run)
    person_id = subject.person.person_id if subject and subject.person else None
    return ShownRun(person_id, _details(service, subject, run), _lines(service, subject, run), _match(run))


def _subject(service: Service, visitor: Visitor, run: ActionRun) -> Subject | None:
    kind, account, object_id = (run.request.get(name) for name in ("object_kind", "account", "object_id"))
    known: tuple[ObjectKind, ...] = get_args(ObjectKind)
    found = next((one for one in known if one == kind), None)
    if found is None or not isinstance(account, str) or not isinstance(object_id, str):
        return None
    try:
        return find_subject(service, visitor.role, found, account, object_id, without_request=run.request_id)
    except NothingPublished:
        return None


def _details(service: Service, subject: Subject | None, run: ActionRun) -> dict[str, str]:
    action, details = run.request.get("action"), run.request.get("details")
    if subject is None or action not in ACTIONS or not isinstance(details, dict):
        return details_in_words(details)
    return details_in_words(details) | chosen_in_words(service, subject, str(action), details)


def _lines(service: Service, subject: Subject | None, run: ActionRun) -> tuple[Markup, ...]:
    asked = run.request
    if subject is None or not isinstance(asked.get("details"), dict):
        return ()
    amount = None
    if run.amount_minor is not None and run.currency in EXPONENTS:
        amount = Money(run.amount_minor, run.currency)
    try:
        action = requested_action(
            str(asked.get("action")),
            account=subject.account,
            object_id=subject.object_id,
            amount=amount,
            details=asked["details"],
            reason_code=str(asked.get("reason_code")),
            request_id=run.request_id,
        )
    except ActionInvalid:
        return ()
    return tuple(consequences(service, subject, action)) if action.object_kind == subject.kind else ()


def _match(run: ActionRun) -> str:
    words = _MATCHES.get(str(run.request.get("customer_match")), "")
    confirmed = "; confirmed as the right one" if run.request.get("is_match_confirmed") is True else ""
    return words + confirmed if words else ""
