"""Asking for a refund: a page that shows exactly what would happen, and one confirmation that queues it.

The request's id is made when the page is shown and travels in the form, sealed: however often the form is sent, it is
one request. An amount that differs from the one whose consequences were shown is shown again before it counts.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from connectors.money import AmountInvalid, Money
from counterfoil.action_runs import ActionRun
from counterfoil.policy import Verdict, evaluate
from counterfoil.prefect_api import QueueUnavailable
from counterfoil.queue import EarlierRequest, RequestConflict
from counterfoil.requests import ActionRequest, RequestInvalid, new_request_id, parse_request, sign_request
from dashboards.charge_views import ChargeView, charge_views
from dashboards.filters import Query
from dashboards.roles import Support, Visitor
from dashboards.service import Service, service_of
from warehouse.reads.charges import find_charge
from warehouse.reads.documents import invoice_of_charge
from warehouse.reads.people import find_person, person_of_charge

router = APIRouter()
FORM_LIVES_S = 60 * 60
_AMOUNT = re.compile(r"(-?[0-9]{1,15})(?:[.,]([0-9]{1,6}))?")
_EMPTY = {"reason_code": "", "reason_text": "", "ticket": ""}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows beside the charge."""

    sealed: str
    amount: Money
    amount_text: str
    verdict: Verdict
    written: dict[str, str]
    sentence: str = ""
    earlier: ActionRun | None = None


@router.get("/refund")
def ask(request: Request, visitor: Support) -> Response:
    """The page before anything is asked for: the whole of what is left, ready to be confirmed or changed."""
    service = service_of(request)
    query = Query(request)
    account, charge_id = query.text("account"), query.text("charge_id")
    ticket = query.text("ticket")
    query.done()
    view = _view(service, visitor, account or "", charge_id or "")
    sealed = _seal(service, visitor, view)
    shown = Shown(
        sealed,
        view.left,
        str(view.left.decimal()),
        _judge(service, visitor, view, view.left, None),
        {**_EMPTY, "ticket": ticket or ""},
    )
    return _page(request, visitor, view, shown)


@router.post("/actions")
def submit(
    request: Request,
    visitor: Support,
    sealed: Annotated[str, Form(max_length=4000)],
    amount: Annotated[str, Form(max_length=40)],
    previewed: Annotated[str, Form(max_length=40)] = "",
    reason_code: Annotated[str, Form(max_length=100)] = "",
    reason_text: Annotated[str, Form(max_length=10_000)] = "",
    ticket: Annotated[str, Form(max_length=100)] = "",
    again: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Queue the request, or show the page again with the sentence that says what is wrong."""
    service = service_of(request)
    carried = service.sessions.unseal(sealed, max_age_s=FORM_LIVES_S)
    if carried is None or carried.get("requester") != visitor.name:
        sentence = "This form is more than an hour old or not yours; nothing was asked for. Open the charge again."
        return _message(request, visitor, 400, "Form out of date", sentence)
    view = _view(service, visitor, carried["account"], carried["charge_id"])
    written = {"reason_code": reason_code, "reason_text": reason_text, "ticket": ticket}
    money, mistake = _amount(amount, view)
    verdict = _judge(service, visitor, view, money, written)
    shown = Shown(sealed, money, amount, verdict, written, mistake)
    if mistake or verdict.kind == "refused":
        return _page(request, visitor, view, shown, sentence=mistake or verdict.sentence, status=400)
    if previewed != str(money.minor):
        return _page(
            request, visitor, view, shown, sentence="The amount was changed. Check what happens, then confirm."
        )
    wish = _wish(service, visitor, carried, view, money, written, is_again=again == "yes")
    return _submit(request, visitor, view, shown, wish)


def _submit(request: Request, visitor: Visitor, view: ChargeView, shown: Shown, wish: ActionRequest) -> Response:
    service = service_of(request)
    try:
        parse_request(asdict(wish))
        submitted = service.queue.submit(wish, sign_request(wish, service.signing_key))
    except RequestInvalid as error:
        return _page(request, visitor, view, shown, sentence=str(error), status=400)
    except EarlierRequest as error:
        return _page(request, visitor, view, shown, earlier=error.run, status=409)
    except RequestConflict:
        sentence = "This form was already used for another request, which stands. Open the charge again for a new one."
        return _message(request, visitor, 409, "Form already used", sentence)
    except QueueUnavailable:
        sentence = (
            "The queue does not answer, so it is not known to be queued. Press the button again: it is one request."
        )
        return _page(request, visitor, view, shown, sentence=sentence, status=503)
    service.live.forget()
    return RedirectResponse(f"/actions/{submitted.run_id}", 303)


def _view(service: Service, visitor: Visitor, account: str, charge_id: str) -> ChargeView:
    charge = find_charge(service.published, account, charge_id)
    if charge is None:
        raise HTTPException(404)
    return charge_views(service, visitor.role, [charge])[0]


def _seal(service: Service, visitor: Visitor, view: ChargeView) -> str:
    return service.sessions.seal(
        {
            "request_id": new_request_id(),
            "account": view.charge.account,
            "charge_id": view.charge.charge_id,
            "requester": visitor.name,
        }
    )


def _amount(text: str, view: ChargeView) -> tuple[Money, str]:
    """The amount as written, with a point or a comma before the decimals, and the sentence against it."""
    written = _AMOUNT.fullmatch(text.strip())
    if written is None:
        return view.left, f"“{text}” is not an amount; write it like 10.50."
    try:
        money = Money.parse(f"{written[1]}.{written[2] or 0}", view.left.currency)
    except AmountInvalid as error:
        return view.left, str(error)
    if money.minor <= 0:
        return money, "The amount must be greater than zero."
    if view.left < money:
        return money, f"No more than {view.left} is left of this charge."
    return money, ""


def _judge(
    service: Service, visitor: Visitor, view: ChargeView, money: Money, written: dict[str, str] | None
) -> Verdict:
    """The policy's word in advance. The flow judges again, and alone counts what was asked for today."""
    reasons = written or {"reason_code": next(iter(service.policy.reasons)), "reason_text": "-", "ticket": ""}
    carried = {"request_id": new_request_id()}
    wish = _wish(service, visitor, carried, view, money, reasons, is_again=False)
    return evaluate(service.policy, wish, money.minor, money.currency, 0)


def _wish(
    service: Service,
    visitor: Visitor,
    carried: dict[str, Any],
    view: ChargeView,
    money: Money,
    written: dict[str, str],
    *,
    is_again: bool,
) -> ActionRequest:
    return ActionRequest(
        request_id=carried["request_id"],
        action="refund",
        account=view.charge.account,
        object_kind="charge",
        object_id=view.charge.charge_id,
        amount_minor=money.minor,
        currency=money.currency,
        details={},
        reason_code=written["reason_code"],
        reason_text=written["reason_text"].replace("\r\n", "\n").strip(),
        requester=visitor.name,
        role=visitor.role,
        authenticated_by="session",
        customer_id=view.charge.customer_id,
        customer_match="chosen",
        is_match_confirmed=False,
        ticket=written["ticket"].strip() or None,
        is_again=is_again,
        requested_at=service.clock().isoformat(),
    )


def _page(
    request: Request,
    visitor: Visitor,
    view: ChargeView,
    shown: Shown,
    *,
    sentence: str = "",
    earlier: ActionRun | None = None,
    status: int = 200,
) -> Response:
    service = service_of(request)
    charge = view.charge
    person_id = person_of_charge(service.published, charge.account, charge.charge_id)
    return service.pages.html(
        request,
        visitor,
        "refund.html",
        status=status,
        view=view,
        shown=shown,
        sentence=sentence,
        earlier=earlier,
        offer=next((offer for offer in view.offers if offer.action == "refund"), None),
        remaining=view.left - shown.amount,
        person=find_person(service.published, person_id) if person_id else None,
        document=invoice_of_charge(service.published, charge.account, charge.charge_id),
        reasons=service.policy.reasons,
        is_text_required=service.policy.is_text_required,
        approvers=service.policy.approvers,
    )


def _message(request: Request, visitor: Visitor, status: int, title: str, sentence: str) -> Response:
    pages = service_of(request).pages
    return pages.html(request, visitor, "message.html", status=status, title=title, sentence=sentence)
