"""May this request move this money? The policy, what was asked before, and what the gateway says is left."""

from __future__ import annotations

import time
from datetime import timedelta

from connectors.actions import Refund
from connectors.capabilities import Capabilities, ChargeState, which_actions
from connectors.money import AmountInvalid, CurrencyUnknown, Money
from counterfoil.action_runs import AMOUNT_LABEL, CURRENCY_LABEL, ActionRun
from counterfoil.people import agent_tag, is_same_person
from counterfoil.policy import Policy, Verdict, evaluate
from counterfoil.queue import is_repetition
from counterfoil.requests import ActionRequest
from flows.actions.admission import RunFacts
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


def refund_of(request: ActionRequest, state: ChargeState, amount: Money | None) -> Refund:
    """The action with its amount fixed: what was asked for, else what is left now."""
    return Refund(
        account=request.account,
        charge_id=request.charge_id,
        amount=amount if amount is not None else state.left,
        reason_code=request.reason_code,
        request_id=request.request_id,
    )


def check_charge(
    action: Refund, state: ChargeState, capabilities: Capabilities, allowed: frozenset[str], desk: Desk
) -> None:
    """Raise Concluded unless the gateway's own figures allow this amount."""
    offer = next(
        offer for offer in which_actions(state, capabilities, allowed, now=desk.now()) if offer.action == action.name
    )
    if not offer.is_offered or offer.maximum is None:
        raise refused(offer.reason, "charge")
    if action.amount.currency != offer.maximum.currency:
        sentence = f"The charge is in {offer.maximum.currency}, the request in {action.amount.currency}; ask again."
        raise refused(sentence, "currency")
    if action.amount.minor <= 0:
        raise refused("The amount must be greater than zero.", "amount")
    if offer.maximum < action.amount:
        raise refused(f"{action.amount} was asked for and only {offer.maximum} is left.", "amount")
    if not offer.is_partial and action.amount != offer.maximum:
        raise refused("This gateway gives back the whole amount only.", "capabilities")


def verdict_on(desk: Desk, run: RunFacts, request: ActionRequest, amount: Money, policy: Policy) -> Verdict:
    """Evaluate the policy; raise Concluded on a refusal. "allowed" or "approval" come back."""
    earlier = _earlier(desk, run, request)
    if not request.is_again:
        _refuse_repetition(earlier, request, amount, run, policy)
    own = [one for one in earlier if is_same_person(str(one.request.get("requester", "")), request.requester)]
    today = sum(one.amount_minor or 0 for one in own if one.currency == amount.currency)
    verdict = evaluate(policy, request, amount.minor, amount.currency, today)
    if verdict.kind == "refused":
        raise refused(verdict.sentence, verdict.rule)
    return verdict


def _refuse_repetition(
    earlier: list[ActionRun], request: ActionRequest, amount: Money, run: RunFacts, policy: Policy
) -> None:
    since = run.created_at - timedelta(minutes=policy.again_within_minutes)
    for one in earlier:
        same = one.request.get("charge_id") == request.charge_id and one.request.get("account") == request.account
        if same and one.created_at >= since and one.request.get("action") == request.action:
            if not is_repetition(one, amount.minor):
                continue
            when = f"{one.created_at:%H:%M} UTC ({one.state_name})"
            raise refused(f"The same was asked for at {when}; confirm that it is meant again.", "again_within_minutes")


def _earlier(desk: Desk, run: RunFacts, request: ActionRequest) -> list[ActionRun]:
    """Requests of this person, or on this charge, that were made before and not refused.

    By order of creation, so that of two at once only the later one counts the other. One that asked for "all that is
    left" has no amount until it was judged, so it is waited for.
    """
    deadline = time.monotonic() + WAIT_FOR_EARLIER_S
    while True:
        found = _found(desk, run, request)
        if all(one.amount_minor is not None or one.is_finished for one in found):
            return found
        if time.monotonic() > deadline:
            raise refused("An earlier request of yours is still being judged; ask again in a minute.", "daily")
        desk.sleep(0.2)


def _found(desk: Desk, run: RunFacts, request: ActionRequest) -> list[ActionRun]:
    tags = [agent_tag(request.requester), f"charge:{request.charge_id}"]
    since = run.created_at - DAY
    return [
        one
        for one in desk.queue.runs_of_any(tags, since)
        if since <= one.created_at
        and (one.created_at, one.run_id) < (run.created_at, run.run_id)
        and one.counts
        and one.idempotency_key == one.request_id
    ]
