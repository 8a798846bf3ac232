"""Every action that an agent may ask for alone, through the real queue and worker: done at the gateway, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors.actions import CancelSubscription
from connectors.gateway import AccountAccess
from counterfoil.approvals import sign_approval
from sandbox.stripe.running import Running
from tests.actions.stand import KEY, Stand
from tests.connectors.conftest import Till
from tests.connectors.stripe_scene import StripeScene
from tests.spread import others_long

ALONE = [
    "capture", "void", "cancel_subscription", "change_plan", "pause_subscription", "resume_subscription",
    "apply_coupon", "remove_coupon", "send_invoice", "add_tax_id", "change_address",
]  # fmt: skip

FOR_SHORT = {"capture", "cancel_subscription", "send_invoice", "add_tax_id"}
"""One of each kind of object. What each action does at the gateway is tried by the tests of the connectors."""


@pytest.fixture(scope="module")
def scene(sandbox: Running) -> StripeScene:
    """One for all tests: what it has handed out it does not hand out again."""
    return StripeScene(AccountAccess("stripe/eu", sandbox.url, KEY), Till(sandbox))


@pytest.mark.parametrize("name", others_long(ALONE, kept=FOR_SHORT))
def test_an_action_is_carried_out_and_said_to_be(stand: Stand, scene: StripeScene, name: str) -> None:
    action = scene.object_for(name)
    assert action is not None
    wish = stand.asking(action)
    run = stand.finished(stand.submit(wish))
    assert (run.state_type, run.state_name) == ("COMPLETED", "Done"), run.sentence
    assert scene.effects(action) == 1
    assert action.object_id in run.sentence
    assert stand.queue.run(stand.submit(wish)) == stand.queue.run(run.run_id)


def test_what_a_customer_asked_for_is_done_without_anybodys_approval(stand: Stand, scene: StripeScene) -> None:
    action = scene.object_for("cancel_subscription")
    assert isinstance(action, CancelSubscription)
    wish = replace(
        stand.asking(replace(action, at_period_end=True)),
        requester="customer:per_0000000000000001",
        role="customer",
        authenticated_by="customer code",
        reason_code="requested_by_customer",
        ticket=None,
    )
    run = stand.finished(stand.submit(wish))
    assert (run.state_type, run.state_name) == ("COMPLETED", "Done"), run.sentence
    assert stand.get(f"/v1/subscriptions/{action.object_id}")["cancel_at_period_end"] is True
    refund = replace(stand.wish(stand.charge()), requester=wish.requester, role="customer")
    assert "customer may not refund" in stand.finished(stand.submit(refund)).sentence


@pytest.mark.parametrize("name", ["charge_again", "create_subscription"])
def test_what_takes_money_from_the_customer_waits_for_a_lead(stand: Stand, scene: StripeScene, name: str) -> None:
    action = scene.object_for(name)
    assert action is not None
    run_id = stand.submit(stand.asking(action))
    run = stand.until(run_id, lambda one: one.state_type == "PAUSED" or one.is_finished)
    assert run.state_name == "Awaiting approval", run.sentence
    assert scene.effects(action) == 0
    preview = stand.queue.preview(run_id)
    assert preview is not None
    approval = stand.approval(preview)
    stand.queue.approve(run_id, approval, sign_approval(approval, stand.key))
    assert stand.finished(run_id).state_name == "Done"
    assert scene.effects(action) == 1


@pytest.mark.parametrize(
    "name",
    others_long(["capture", "void", "cancel_subscription", "send_invoice", "add_tax_id"], kept=["capture"]),
)
def test_an_answer_that_was_lost_is_looked_up_and_said_to_be_done(stand: Stand, scene: StripeScene, name: str) -> None:
    action = scene.object_for(name)
    assert action is not None
    scene.fault_on(action, "drop_after")
    run = stand.finished(stand.submit(stand.asking(action)))
    assert run.state_name == "Done", run.sentence
    assert scene.effects(action) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("capture", "holds nothing"),
        ("void", "no hold"),
        ("resume_subscription", "neither paused"),
        ("send_invoice", "only an open one"),
    ],
)
def test_what_the_object_does_not_allow_is_refused_before_it_is_sent(
    stand: Stand, scene: StripeScene, name: str, words: str
) -> None:
    till, made = scene.till, scene.object_for(name)
    assert made is not None
    paid = next(one["id"] for one in reversed(till.charges()) if one["captured"] and one["currency"] == "eur")
    wrong: dict[str, Callable[[], str]] = {
        "capture": lambda: str(paid),
        "void": lambda: str(paid),
        "resume_subscription": lambda: str(till.subscribe()["id"]),
        "send_invoice": lambda: str(till.every("/v1/invoices", status="paid")[0]["id"]),
    }
    wish = stand.asking(replace(made, object_id=wrong[name]()))
    run = stand.finished(stand.submit(wish))
    assert run.state_name == "Refused"
    assert words in run.sentence
