"""What goes wrong on the way, for every action: answers of wrong types, several threads, keys that may not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from connectors.actions import Action
from connectors.errors import Declined, NotAuthorised, OutcomeUnknown, RequestInvalid, Unavailable, UnexpectedShape
from connectors.gateway import AccountAccess
from connectors.gateways.stripe.act import HANDLED, StripeActor
from connectors.gateways.stripe.capabilities import CAPABILITIES
from connectors.money import Money
from connectors.outcomes import Done, Outcome
from tests.connectors.conftest import Till
from tests.connectors.stripe_scene import MAKERS, StripeScene, asked

NEEDS_A_READ = sorted(set(MAKERS) - {"create_subscription", "send_invoice", "mark_uncollectible", "change_address"})
"""Actions that look at the object before they send anything; refunds too, where the charge was not read before."""


@pytest.fixture
def scene(access: AccountAccess, till: Till) -> StripeScene:
    return StripeScene(access, till)


def perform(actor: StripeActor, action: Action) -> Outcome:
    return actor.perform(action, idempotency_key=f"cf_{action.request_id}")


def new(scene: StripeScene, name: str) -> Action:
    wanted = scene.object_for(name)
    assert wanted is not None
    return wanted


def test_what_is_handled_is_what_is_offered() -> None:
    assert {kind.name for kind in HANDLED} == set(CAPABILITIES.actions) == set(MAKERS)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("kind", ["wrong_types", "html", "truncated"])
def test_an_answer_that_is_no_answer_is_looked_up_and_was_one(
    actor: StripeActor, scene: StripeScene, name: str, kind: str
) -> None:
    wanted = new(scene, name)
    scene.fault_on(wanted, kind)
    with suppress(OutcomeUnknown):
        perform(actor, wanted)
    found = actor.look_up(wanted, idempotency_key=f"cf_{wanted.request_id}")
    assert isinstance(found, Done)
    assert scene.effects(wanted) == 1


@pytest.mark.parametrize("name", ["charge_again", "authorize", "capture", "create_subscription", "add_tax_id"])
def test_several_threads_with_one_key_act_once(actor: StripeActor, scene: StripeScene, name: str) -> None:
    wanted = new(scene, name)

    def one(_: int) -> Outcome | None:
        try:
            return perform(actor, wanted)
        except OutcomeUnknown:
            return None

    with ThreadPoolExecutor(6) as pool:
        answers = {answer.gateway_reference for answer in pool.map(one, range(6)) if answer is not None}
    assert len(answers) == 1
    assert scene.effects(wanted) == 1


@pytest.mark.parametrize("kind", ["timeout_after", "drop_after", "error_after"])
def test_a_cancellation_whose_answer_was_lost_is_found(
    actor: StripeActor, asking: StripeActor, scene: StripeScene, kind: str
) -> None:
    """DELETE takes no idempotency key: the subscription itself tells."""
    wanted = asked("cancel_subscription", str(scene.till.subscribe()["id"]), at_period_end=False)
    scene.fault_on(wanted, kind)
    with pytest.raises(OutcomeUnknown):
        perform(asking, wanted)
    assert isinstance(actor.look_up(wanted, idempotency_key="x"), Done)
    assert isinstance(perform(actor, wanted), Done)


@pytest.mark.parametrize("name", NEEDS_A_READ)
def test_what_could_not_be_read_first_was_not_sent(
    actor: StripeActor, scene: StripeScene, access: AccountAccess, name: str
) -> None:
    wanted = new(scene, name)
    scene.till.shop.fault("error_before", method="GET", path="/v1/*", status=503)
    fresh = StripeActor(access)
    with pytest.raises((Unavailable, UnexpectedShape)):
        perform(fresh, wanted)
    fresh.close()
    assert scene.effects(wanted) == 0
    assert isinstance(perform(actor, wanted), Done)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_a_key_that_may_only_read_changes_nothing(scene: StripeScene, access: AccountAccess, name: str) -> None:
    wanted = new(scene, name)
    reading = StripeActor(replace(access, api_key="rk_test_sandbox"))
    with pytest.raises(NotAuthorised, match="rak_"):
        perform(reading, wanted)
    reading.close()
    assert scene.effects(wanted) == 0


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_another_account_or_a_key_that_stripe_would_not_take_is_not_sent(
    actor: StripeActor, scene: StripeScene, name: str
) -> None:
    wanted = new(scene, name)
    with pytest.raises(RequestInvalid, match="stripe/us"):
        perform(actor, replace(wanted, account="stripe/us"))
    for key in ("", "k" * 256):
        with pytest.raises(RequestInvalid, match="idempotency key"):
            actor.perform(wanted, idempotency_key=key)
    assert scene.effects(wanted) == 0


def test_a_decline_whose_answer_was_lost_is_a_decline_when_asked_again(actor: StripeActor, scene: StripeScene) -> None:
    wanted = asked("charge_again", scene.till.refusing("0341"), amount=Money(100, "EUR"))
    scene.fault_on(wanted, "drop_after")
    with pytest.raises(OutcomeUnknown):
        perform(actor, wanted)
    with pytest.raises(Declined):
        perform(actor, wanted)
    assert scene.effects(wanted) == 0


@pytest.mark.parametrize("name", ["capture", "pause_subscription", "send_invoice", "change_address"])
@pytest.mark.parametrize("kind", ["wrong_types", "malformed", "html"])
def test_an_object_that_cannot_be_read_has_no_state(
    actor: StripeActor, scene: StripeScene, name: str, kind: str
) -> None:
    wanted = new(scene, name)
    scene.till.shop.fault(kind, method="GET", path="/v1/*")
    with pytest.raises(UnexpectedShape):
        actor.state_of(wanted.object_kind, wanted.object_id)
    assert actor.state_of(wanted.object_kind, wanted.object_id).object_id == wanted.object_id
