"""The protocol of an action, from a signed request to its conclusion. Plain code; `carry_out` is the flow around it.

verify -> policy -> (approval) -> lock the object -> read it -> look up: done already? -> journal -> perform -> journal

Every order of these steps was chosen for the process that is killed between two of them. See DECISIONS.md.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from connectors.actions import Action, MoneyAction, has_amount
from connectors.money import Money
from connectors.offers import Offer
from connectors.states import ObjectState
from counterfoil.action_runs import AMOUNT_LABEL, CURRENCY_LABEL
from counterfoil.approvals import Preview
from counterfoil.policy import Verdict
from counterfoil.requests import REQUEST_ID, ActionRequest
from counterfoil.settings import SettingsInvalid
from flows.actions.admission import RunFacts, admitted, history_of
from flows.actions.approval import decided
from flows.actions.conclusion import AwaitsApproval, Concluded, Conclusion, concluded_from, refused
from flows.actions.desk import Desk
from flows.actions.judgement import Rules, action_of, check_object, money_of, verdict_on
from flows.actions.looking import Unreadable, looked_up, object_at_gateway
from flows.actions.object_lock import object_lock
from flows.actions.reread import read_again
from flows.actions.sending import Sending
from flows.actions.sent import first_sent


def carry_out_request(desk: Desk, run: RunFacts, payload: Any, signature: Any) -> Conclusion | AwaitsApproval:
    """Carry a request out, once. Raises only for defects of ours; refusals and unknown outcomes are conclusions."""
    request_id = known_id(payload)
    try:
        policy = desk.policy()
        request, proof = admitted(desk, run, payload, signature, policy)
        _journal(desk, run, request_id, "requested", {"request": asdict(request), "run_count": run.run_count})
        answer = _acted(desk, run, request, Rules(policy, proof))
    except Concluded as stop:
        answer = stop.conclusion
    except SettingsInvalid as error:
        answer = Conclusion("Refused", f"The policy cannot be read, so nothing was sent: {error}", "policy")
    if isinstance(answer, AwaitsApproval):
        _journal(desk, run, request_id, "approval_asked", {**asdict(answer.preview), "digest": answer.preview.digest})
    else:
        _journal(desk, run, request_id, "concluded", answer.detail())
    return answer


def known_id(payload: Any) -> str:
    """The request id within parameters that anybody may have written; empty where it is none of ours."""
    given = payload.get("request_id") if isinstance(payload, dict) else None
    return given if isinstance(given, str) and REQUEST_ID.match(given) else ""


def _acted(desk: Desk, run: RunFacts, request: ActionRequest, rules: Rules) -> Conclusion | AwaitsApproval:
    amount = money_of(request, run)
    is_known = amount is not None or not has_amount(request.action)
    verdict = verdict_on(desk, run, request, amount, rules) if is_known and not run.is_rerun else None
    with object_lock(desk.paths.var / "locks", request.account, request.object_id, desk.sleep):
        answer = _decided_at_gateway(desk, run, request, rules, verdict)
    if isinstance(answer, Conclusion) and answer.name in ("Done", "Pending", "Failed later"):
        read_again(desk, request, answer)
    return answer


def _decided_at_gateway(
    desk: Desk, run: RunFacts, request: ActionRequest, rules: Rules, verdict: Verdict | None
) -> Conclusion | AwaitsApproval:
    first_sent_at = first_sent(desk, run, request) if run.is_rerun else None
    try:
        state = object_at_gateway(desk, request)
        action = action_of(request, state, money_of(request, run))
        # Read first, then looked up: a refund of ours that lands in between is found, not mistaken for a stranger's.
        found = looked_up(desk, action) if first_sent_at is not None or not _is_goal(desk, action) else None
    except Unreadable as error:
        return _unreadable(error, first_sent_at)
    if found is not None:
        return _told(desk, run, concluded_from(found, action))
    if run.is_rerun:
        _check_history(desk, run, first_sent_at)
    try:
        return _judged(desk, run, request, rules, verdict, state, action, first_sent_at)
    except Concluded as stop:
        raise _doubted(stop, first_sent_at) from None


def _told(desk: Desk, run: RunFacts, conclusion: Conclusion) -> Conclusion:
    """An outcome that an earlier try left behind; whoever asked for a stop is told that it came too late."""
    if not run.is_rerun or not history_of(desk, run.run_id).was_stopped:
        return conclusion
    return replace(conclusion, sentence=f"{conclusion.sentence} The stop that was asked for came too late.")


def _is_goal(desk: Desk, action: Action) -> bool:
    """Then the object's state alone cannot tell whether this request or somebody else brought it about."""
    return desk.accounts.gateway(action.account).capabilities.actions[action.name].is_goal


def _judged(
    desk: Desk,
    run: RunFacts,
    request: ActionRequest,
    rules: Rules,
    verdict: Verdict | None,
    state: ObjectState,
    action: Action,
    first_sent_at: datetime | None,
) -> Conclusion | AwaitsApproval:
    capabilities = desk.accounts.gateway(request.account).capabilities
    offer = check_object(action, request, state, capabilities, rules.policy, desk)
    _fix_amount(desk, run, request, action)
    amount = action.amount if isinstance(action, MoneyAction) else None
    verdict = verdict or verdict_on(desk, run, request, amount, rules)
    if verdict.kind == "approval":
        waits = decided(desk, run, request, rules.policy, _preview(run, request, amount, offer))
        if waits is not None:
            return waits
    return Sending(desk, run, action, capabilities.actions[action.name], first_sent_at).send()


def _doubted(stop: Concluded, first_sent_at: datetime | None) -> Concluded:
    """A refusal after something may have been sent is not the whole truth: it is looked up until it is known."""
    if first_sent_at is None or stop.conclusion.name not in ("Refused", "Cancelled"):
        return stop
    sentence = f"It may have been sent before; it is looked up. It is not sent again: {stop.conclusion.sentence}"
    return Concluded(Conclusion("Pending", sentence, "OutcomeUnknown"))


def _unreadable(error: Unreadable, first_sent_at: datetime | None) -> Conclusion:
    if first_sent_at is None:
        sentence = f"The gateway could not be read, so nothing was sent. {error} Ask again later."
        return Conclusion("Refused", sentence, "Unreadable")
    sentence = f"It is not known yet whether money moved: the gateway cannot be read. {error}"
    return Conclusion("Pending", sentence, "OutcomeUnknown")


def _check_history(desk: Desk, run: RunFacts, first_sent_at: datetime | None) -> None:
    """The gateway knows nothing of it, and the run was had before: may it still be sent?"""
    history = history_of(desk, run.run_id)
    if not history.was_finished and not history.was_stopped:
        return
    if first_sent_at is not None:
        sentence = "It may have been sent before the run ended, and the gateway shows nothing yet; it is looked up."
        raise Concluded(Conclusion("Pending", sentence, "OutcomeUnknown"))
    if history.was_stopped:
        raise Concluded(Conclusion("Cancelled", "Stopped before anything was sent to the gateway.", "cancelled"))
    raise refused("This run had ended before; a finished run sends nothing again. Ask anew.", "finished")


def _fix_amount(desk: Desk, run: RunFacts, request: ActionRequest, action: Action) -> None:
    """ "All that is left" is read once and kept, so that a second try asks for the same."""
    if isinstance(action, MoneyAction) and request.amount_minor is None and AMOUNT_LABEL not in run.labels:
        fixed = {AMOUNT_LABEL: action.amount.minor, CURRENCY_LABEL: action.amount.currency}
        desk.queue.add_labels(run.run_id, fixed)


def _preview(run: RunFacts, request: ActionRequest, amount: Money | None, offer: Offer) -> Preview:
    return Preview(
        run_id=run.run_id,
        request_id=request.request_id,
        action=request.action,
        account=request.account,
        object_kind=request.object_kind,
        object_id=request.object_id,
        amount_minor=amount.minor if amount is not None else None,
        currency=amount.currency if amount is not None else None,
        maximum_minor=offer.maximum.minor if offer.maximum is not None else None,
        details=request.details,
        requester=request.requester,
        role=request.role,
        reason_code=request.reason_code,
        reason_text=request.reason_text,
        ticket=request.ticket,
    )


def _journal(desk: Desk, run: RunFacts, request_id: str, kind: str, detail: dict[str, Any]) -> None:
    desk.journal.append(kind, at=desk.now(), request_id=request_id, flow_run_id=run.run_id, detail=detail)
