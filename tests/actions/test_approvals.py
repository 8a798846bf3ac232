"""Above a limit a second person signs for exactly what will be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.action_runs import ActionRun
from counterfoil.approvals import Approval, ApprovalInvalid, Preview, sign_approval
from counterfoil.queue import NotWaiting
from counterfoil.requests import utc_now
from tests.actions.stand import Stand

AMOUNT = 25_000


def waiting(stand: Stand, requester: str = "anna@example.com") -> tuple[ActionRun, Preview]:
    charge = stand.charge(at_least=AMOUNT + 1_000, at_most=10_000_000)
    wish = stand.wish(charge, amount_minor=AMOUNT, requester=f"{charge['id'].lower()}.{requester}")
    run = stand.until(stand.submit(wish), lambda one: one.state_type == "PAUSED" or one.is_finished)
    assert run.state_name == "Awaiting approval", run.sentence
    preview = stand.queue.preview(run.run_id)
    assert preview is not None
    return run, preview


def test_an_approved_request_is_carried_out_once(stand: Stand) -> None:
    run, preview = waiting(stand)
    assert "waits for the approval of a lead" in run.sentence
    assert (preview.amount_minor, preview.currency) == (AMOUNT, "EUR")
    assert stand.refunds(preview.object_id) == []
    approval = stand.approval(preview)
    stand.queue.approve(run.run_id, approval, sign_approval(approval, stand.key))
    assert stand.finished(run.run_id).state_name == "Done"
    assert [refund["amount"] for refund in stand.refunds(preview.object_id)] == [AMOUNT]
    with pytest.raises(NotWaiting):
        stand.queue.approve(run.run_id, approval, sign_approval(approval, stand.key))


def test_a_denied_request_is_refused_with_the_comment(stand: Stand) -> None:
    run, preview = waiting(stand)
    denial = stand.approval(preview, decision="deny", comment="Ask the customer first.")
    stand.queue.deny(run.run_id, denial, sign_approval(denial, stand.key))
    ended = stand.finished(run.run_id)
    assert (ended.state_name, ended.sentence) == ("Refused", "lena denied it: Ask the customer first.")
    assert stand.refunds(preview.object_id) == []


def test_the_requester_cannot_approve_under_another_spelling(stand: Stand) -> None:
    run, preview = waiting(stand)
    local, _, domain = preview.requester.partition("@")
    for spelling in (preview.requester, f"{local.upper()}+Lead@{domain.title()}", f" {local}@{domain}."):
        own = stand.approval(preview, approver=spelling)
        with pytest.raises(ApprovalInvalid):
            stand.queue.approve(run.run_id, own, sign_approval(own, stand.key))
    own = stand.approval(preview, approver=preview.requester.upper())
    assert "of their own" in decided_past_the_queue(stand, own, sign_approval(own, stand.key)).sentence
    assert stand.refunds(preview.object_id) == []


def test_an_approval_of_something_else_does_not_count(stand: Stand) -> None:
    _, preview = waiting(stand)
    other = stand.approval(replace(preview, amount_minor=AMOUNT - 1))
    ended = decided_past_the_queue(stand, other, sign_approval(other, stand.key))
    assert ended.sentence == "It was resumed without a valid approval of what would be done; nothing was sent."
    assert stand.refunds(preview.object_id) == []


@pytest.mark.parametrize("case", ["unsigned", "not a lead", "another run", "in the future"])
def test_an_approval_that_does_not_hold_sends_nothing(stand: Stand, case: str) -> None:
    _, preview = waiting(stand)
    ahead = (utc_now() + timedelta(minutes=10)).isoformat()
    changes = {"not a lead": {"role": "agent"}, "another run": {"run_id": "x"}, "in the future": {"decided_at": ahead}}
    approval = stand.approval(preview, **changes.get(case, {}))
    signature = "AAAA" if case == "unsigned" else sign_approval(approval, stand.key)
    ended = decided_past_the_queue(stand, approval, signature, preview.run_id)
    assert ended.state_name == "Refused"
    assert stand.refunds(preview.object_id) == []


def test_a_run_that_is_resumed_through_the_api_is_refused(stand: Stand) -> None:
    run, preview = waiting(stand)
    stand.queue.resume(run.run_id)
    ended = stand.finished(run.run_id)
    assert (ended.state_name, "without a valid approval" in ended.sentence) == ("Refused", True)
    assert stand.refunds(preview.object_id) == []


def decided_past_the_queue(stand: Stand, approval: Approval, signature: str, run_id: str = "") -> ActionRun:
    """Hand a decision in as somebody would who speaks to Prefect directly."""
    from dataclasses import asdict

    from counterfoil.queue import input_prefix

    value = {"approval": asdict(approval), "signature": signature}
    run_id = run_id or approval.run_id
    stand.queue.add_input(run_id, f"{input_prefix(approval.digest)}x", value)
    stand.queue.resume(run_id)
    return stand.finished(run_id)
