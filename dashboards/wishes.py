"""From a form to a request: who asks, for what, why; and what the policy says of it in advance."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from connectors.actions import ObjectKind
from connectors.money import AmountInvalid, Money
from connectors.offers import Offer
from counterfoil.action_runs import minor_asked_for
from counterfoil.policy import Verdict, evaluate, reasons_for
from counterfoil.requests import ActionRequest, canonical_bytes, new_request_id, sign_request
from dashboards.detail_fields import Details
from dashboards.roles import Visitor
from dashboards.service import Service
from dashboards.subjects import Subject

FORM_LIVES_S = 60 * 60
USUAL_REASON = "requested_by_customer"
MATCHES = ("chosen", "identifier", "email")
_AMOUNT = re.compile(r"(-?[0-9]{1,15})(?:[.,]([0-9]{1,6}))?")
_DAY = timedelta(hours=24)


class AmountWrong(ValueError):
    """The amount cannot be asked for; the text says why."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a form is about. Sealed when the page is shown, so that nothing of it can be changed or dropped."""

    request_id: str
    requester: str
    action: str
    account: str
    kind: ObjectKind
    object_id: str
    customer_id: str | None
    """The customer that the requester means, whose the object must be."""
    match: str
    """How that customer was found; one of MATCHES."""
    ticket: str | None = None
    """The ticket beside which the form was opened; None where the requester writes one, or none."""


def new_meaning(visitor: Visitor, subject: Subject, action: str, customer_id: str | None, match: str) -> Meant:
    """What a fresh form is about, with the request's id, which is made before anything is confirmed."""
    return Meant(
        request_id=new_request_id(),
        requester=visitor.name,
        action=action,
        account=subject.account,
        kind=subject.kind,
        object_id=subject.object_id,
        customer_id=customer_id or subject.state.customer_id,
        match=match,
        ticket=visitor.frame.ticket_name if visitor.frame else None,
    )


def meant_by(carried: Mapping[str, Any] | None, visitor: Visitor) -> Meant | None:
    """What a sealed form is about; None where it is out of date, was changed, or is another person's or ticket's."""
    if carried is None or set(carried) != set(Meant.__slots__) or carried["requester"] != visitor.name:
        return None
    meant = Meant(**carried)
    return meant if meant.ticket == (visitor.frame.ticket_name if visitor.frame else None) else None


def sealed(service: Service, meant: Meant) -> str:
    """The text that the form brings back unchanged."""
    return service.sessions.seal(asdict(meant))


def must_confirm(service: Service, meant: Meant) -> bool:
    """Whether the requester must say that it is the right customer."""
    return meant.match in service.policy.confirm_matches


def read_amount(text: str, offer: Offer) -> Money:
    """The amount as written, with a point or a comma before the decimals. Raises AmountWrong."""
    maximum = offer.maximum
    if maximum is None:
        raise AmountWrong("The gateway does not say up to which amount this can be done.")
    written = _AMOUNT.fullmatch(text.strip())
    if written is None:
        raise AmountWrong(f"“{text[:40]}” is not an amount; write it like 10.50.")
    try:
        money = Money.parse(f"{written[1]}.{written[2] or 0}", maximum.currency)
    except AmountInvalid as error:
        raise AmountWrong(str(error)) from None
    if money.minor <= 0:
        raise AmountWrong("The amount must be greater than zero.")
    if maximum < money:
        raise AmountWrong(f"No more than {maximum} is left of this charge.")
    if not offer.is_partial and money != maximum:
        raise AmountWrong(f"This gateway does it with the whole amount only, {maximum}.")
    return money


def wish(
    service: Service, visitor: Visitor, meant: Meant, amount: Money | None, details: Details, written: Mapping[str, str]
) -> ActionRequest:
    """The request as it is signed."""
    return ActionRequest(
        request_id=meant.request_id,
        action=meant.action,
        account=meant.account,
        object_kind=meant.kind,
        object_id=meant.object_id,
        amount_minor=amount.minor if amount else None,
        currency=amount.currency if amount else None,
        details=details,
        reason_code=written.get("reason_code", ""),
        reason_text=written.get("reason_text", "").replace("\r\n", "\n").strip(),
        requester=visitor.name,
        role=visitor.role,
        authenticated_by=visitor.via,
        customer_id=meant.customer_id,
        customer_match=meant.match,
        is_match_confirmed=written.get("is_sure") == "yes",
        ticket=meant.ticket or written.get("ticket", "").strip() or None,
        is_again=written.get("again") == "yes",
        requested_at=service.clock().isoformat(),
    )


def judged(service: Service, request: ActionRequest, *, is_written: bool) -> Verdict:
    """The policy's word in advance; the flow judges again, and it alone counts for sure what was asked for today.

    `is_written`: the reason and the confirmation were filled in; before that they are taken as given.
    """
    if not is_written:
        code = next(iter(reasons_for(service.policy, request.role, request.action)), "")
        request = replace(request, reason_code=code, reason_text="-", is_match_confirmed=True)
    today = asked_today(service, request)
    return evaluate(service.policy, request, request.amount_minor, request.currency, today)


def queued(service: Service, request: ActionRequest) -> str:
    """Sign a request and queue it; the run's id. Raises EarlierRequest, RequestConflict, or QueueUnavailable."""
    run_id = service.queue.submit(request, sign_request(request, service.signing_key)).run_id
    service.live.forget()
    return run_id


def run_of(service: Service, meant: Meant) -> str | None:
    """The run that a form was queued as before."""
    runs = service.live.all(now=service.clock())
    return next((run.run_id for run in runs if run.request_id == meant.request_id), None)


def asked_today(service: Service, request: ActionRequest) -> int:
    """Minor units that this person asked for with this action in 24 hours, as far as the newest runs tell."""
    now = service.clock()
    newest = [
        run
        for run in service.live.all(now=now)
        if run.counts and run.created_at > now - _DAY and run.request_id not in ("", request.request_id)
    ]
    return minor_asked_for(newest, request, request.currency)


def shown_digest(amount: Money | None, details: Details) -> str:
    """What a preview depends on: the amount, and the details where there are any."""
    minor = "" if amount is None else str(amount.minor)
    if not details:
        return minor
    return f"{minor}:{hashlib.sha256(canonical_bytes(details)).hexdigest()[:16]}"
