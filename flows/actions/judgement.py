"""May this request do this? The policy, what was asked before, and what the gateway says of the object."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from connectors import requested
from connectors.actions import Action, MoneyAction, has_amount
from connectors.capabilities import Capabilities, Capability
from connectors.money import AmountInvalid, CurrencyUnknown, Money
from connectors.offers import Offer, which_actions
from connectors.requested import ActionInvalid, details_of
from connectors.states import ChargeState, ObjectState
from counterfoil.action_runs import AMOUNT_LABEL, CURRENCY_LABEL, ActionRun, minor_asked_for
from counterfoil.batch_policy import evaluate_batch
from counterfoil.batches import Proof
from counterfoil.people import agent_tag
from counterfoil.policy import Policy, Verdict, evaluate, evaluate_item
from counterfoil.queue import is_repetition
from counterfoil.requests import ActionRequest
from flows.actions.admission import RunFacts
from flows.actions.batch_steps import newest_step
from flows.actions.conclusion import refused
from flows.actions.desk import Desk

DAY = timedelta(hours=24)
WAIT_FOR_EARLIER_S = 10.0


def money_of(request: ActionRequest, run: RunFacts) -> Money | None:
    """The amount that was asked for, or that was read when "all that is left" was first judged; None before that."""
    amount, currency = request.amount_minor, request.currency
    if amount is None:
        amount, currency = run.labels.get(AMOUNT_LABEL), run.labels.get(CURRENCY_LABEL)
    if not isinstance(amount, int) or not isinstance(currency, str):
        return None
    try:
        return Money(amount, currency)
    except (AmountInvalid, CurrencyUnknown) as error:
        raise refused(str(error), "amount") from None


def action_of(request: ActionRequest, state: ObjectState, amount: Money | None) -> Action:
    """The action with its amount fixed: what was asked for, else what is left now. Raises Concluded."""
    if amount is None and isinstance(state, ChargeState):
        amount = {"refund": state.left, "capture": state.capturable or state.captured}.get(request.action)
    try:
        return requested.action_of(request, amount)
    except ActionInvalid as error:
        raise refused(str(error), "details") from None


def check_object(
    action: Action, request: ActionRequest, state: ObjectState, capabilities: Capabilities, policy: Policy, desk: Desk
) -> Offer:
    """Raise Concluded unless the gateway's own figures allow this; return the offer that it fits."""
    _check_customer(request, state)
    _check_details(action, capabilities.actions[action.name], capabilities.gateway)
    allowed = policy.actions_of(request.role)
    offers = which_actions(state, capabilities, allowed, now=desk.now())
    offer = next(offer for offer in offers if offer.action == action.name)
    if not offer.is_offered:
        raise refused(offer.reason, state.object_kind)
    if isinstance(action, MoneyAction):
        _check_amount(action.amount, offer)
    return offer


def _check_customer(request: ActionRequest, state: ObjectState) -> None:
    meant, found = request.customer_id, state.customer_id
    if meant and found and meant != found:
        sentence = f"The {state.object_kind} {state.object_id} is another customer's than {meant}; nothing was sent."
        raise refused(sentence, "customer")


def _check_details(action: Action, capability: Capability, gateway: str) -> None:
    for detail in details_of(action.name):
        is_default = getattr(action, detail.name) == detail.default
        if detail.name not in capability.details and not is_default:
            raise refused(f"{gateway} takes no “{detail.words}” with this action; leave it as it is.", "capabilities")


def _check_amount(amount: Money, offer: Offer) -> None:
    if offer.maximum is None:
        raise refused("The gateway does not say up to which amount this can be done.", "amount")
    if amount.currency != offer.maximum.currency:
        sentence = f"The charge is in {offer.maximum.currency}, the request in {amount.currency}; ask again."
        raise refused(sentence, "currency")
    if amount.minor <= 0:
        raise refused("The amount must be greater than zero.", "amount")
    if offer.maximum < amount:
        raise refused(f"{amount} was asked for and only {offer.maximum} is left.", "amount")
    if not offer.is_partial and amount != offer.maximum:
        raise refused("This gateway does it with the whole amount only.", "capabilities")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a request is judged by: the policy as it is now, and for an item of a batch what was approved."""

    policy: Policy
    proof: Proof | None = None


def verdict_on(desk: Desk, run: RunFacts, request: ActionRequest, amount: Money | None, rules: Rules) -> Verdict:
    """Evaluate the policy; raise Concluded on a refusal. "allowed" or "approval" come back."""
    policy = rules.policy
    earlier = _earlier(desk, run, request)
    if not request.is_again:
        _refuse_repetition(earlier, request, amount, run, policy)
    if rules.proof is not None and amount is not None:
        return _verdict_on_item(desk, rules.proof, request, amount, policy)
    today = 0 if amount is None else minor_asked_for(earlier, request, amount.currency)
    minor, currency = (amount.minor, amount.currency) if amount is not None else (None, None)
    verdict = evaluate(policy, request, minor, currency, today)
    if verdict.kind == "refused":
        raise refused(verdict.sentence, verdict.rule)
    return verdict


def _verdict_on_item(desk: Desk, proof: Proof, request: ActionRequest, amount: Money, policy: Policy) -> Verdict:
    """The policy as it is now, for the item and for the whole; and whether somebody has stopped the batch since."""
    if proof.approval.role not in policy.approvers:
        raise refused(f"The role {proof.approval.role} may no longer approve.", "approvers")
    for verdict in (evaluate_batch(policy, proof.batch), evaluate_item(policy, request, amount.minor, amount.currency)):
        if verdict.kind == "refused":
            raise refused(verdict.sentence, verdict.rule)
    step = newest_step(desk, proof.approval.run_id, proof.batch)
    if step is not None and step.step == "stop":
        raise refused(f"{step.by} stopped the batch before this was begun.", "batch")
    return Verdict("allowed", "", "")


def _refuse_repetition(
    earlier: list[ActionRun], request: ActionRequest, amount: Money | None, run: RunFacts, policy: Policy
) -> None:
    since = run.created_at - timedelta(minutes=policy.again_within_minutes)
    for one in earlier:
        same = all(one.request.get(name) == getattr(request, name) for name in ("account", "action", "object_id"))
        if same and one.created_at >= since:
            if not is_repetition(one, amount.minor if amount is not None else None):
                continue
            when = f"{one.created_at:%H:%M} UTC ({one.state_name})"
            raise refused(f"The same was asked for at {when}; confirm that it is meant again.", "again_within_minutes")


def _earlier(desk: Desk, run: RunFacts, request: ActionRequest) -> list[ActionRun]:
    """Requests of this person, or on this object, that were made before and not refused.

    By order of creation, so that of two at once only the later one counts the other. One that asked for "all that is
    left" has no amount until it was judged, so it is waited for.
    """
    deadline = time.monotonic() + WAIT_FOR_EARLIER_S
    while True:
        found = _found(desk, run, request)
        if all(_is_judged(one) for one in found):
            return found
        if time.monotonic() > deadline:
            raise refused("An earlier request of yours is still being judged; ask again in a minute.", "daily")
        desk.sleep(0.2)


def _is_judged(run: ActionRun) -> bool:
    return run.amount_minor is not None or run.is_finished or not has_amount(str(run.request.get("action")))


def _found(desk: Desk, run: RunFacts, request: ActionRequest) -> list[ActionRun]:
    # Items of batches carry no tag of the agent: they count in what was approved for the whole, not in anybody's day.
    mine = [] if request.batch_id else [agent_tag(request.requester)]
    tags = [*mine, f"{request.object_kind}:{request.object_id}"]
    since = run.created_at - DAY
    return [
        one
        for one in desk.queue.runs_of_any(tags, since)
        if since <= one.created_at
        and (one.created_at, one.run_id) < (run.created_at, run.run_id)
        and one.counts
        and one.idempotency_key == one.request_id
    ]
