"""Subscriptions at Recurly: what each change costs or gives back, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.errors import (
    GatewayError,
    ObjectUnknown,
    OutcomeUnknown,
    Refused,
    RequestInvalid,
)
from connectors.gateways.recurly.act import RecurlyActor
from connectors.outcomes import Done
from connectors.states import SubscriptionState
from sandbox.standin.running import Running
from tests.connectors.recurly.makers import Makers, ask, perform


def test_an_end_now_gives_the_unused_part_back_only_where_that_is_asked(
    actor: RecurlyActor, make: Makers, site: Running
) -> None:
    for is_prorated in (False, True):
        account = make.account()
        price = f"{make.plan('northlight-monthly')['id']}:EUR"
        begun = perform(actor, ask("create_subscription", account["id"], price_id=price))
        wanted = ask("cancel_subscription", str(begun.gateway_reference), at_period_end=False, is_prorated=is_prorated)
        assert isinstance(perform(actor, wanted), Done)
        assert isinstance(perform(actor, wanted), Done)
        books = site.control("GET", "books")["charges"]
        (payment,) = [
            each for each in site.app.store.of("transaction").values()
            if each["account"]["id"] == account["id"] and each["type"] == "purchase"
        ]  # fmt: skip
        book = books[payment["id"]]
        assert book["refunded"] == (book["captured"] if is_prorated else 0)
        state = actor.state_of("subscription", wanted.object_id)
        assert isinstance(state, SubscriptionState)
        assert state.status == "cancelled"


def test_a_lost_answer_to_an_end_with_money_back_gives_back_once(
    actor: RecurlyActor, make: Makers, site: Running
) -> None:
    price = f"{make.plan('northlight-monthly')['id']}:EUR"
    begun = perform(actor, ask("create_subscription", make.account()["id"], price_id=price))
    wanted = ask("cancel_subscription", str(begun.gateway_reference), at_period_end=False, is_prorated=True)
    site.fault("drop_after", method="DELETE", path="/subscriptions/*")
    with pytest.raises(OutcomeUnknown):
        perform(actor, wanted)
    assert isinstance(actor.look_up(wanted, idempotency_key="x"), Done)
    assert isinstance(perform(actor, wanted), Done)
    credits = [
        each for each in site.app.store.of("invoice").values()
        if each["type"] == "credit" and wanted.object_id in each["subscription_ids"]
    ]  # fmt: skip
    assert len(credits) == 1


def test_a_plan_that_changes_now_is_billed_and_one_that_waits_is_not(
    actor: RecurlyActor, make: Makers, site: Running
) -> None:
    price, invoices = f"{make.plan('northlight-yearly')['id']}:EUR", site.app.store.of("invoice")
    waiting, now = make.subscription(), make.subscription()
    before = len(invoices)
    perform(actor, ask("change_plan", waiting, price_id=price))
    assert len(invoices) == before
    perform(actor, ask("change_plan", now, price_id=price, is_prorated=True))
    assert len(invoices) == before + 1
    states = [actor.state_of("subscription", each) for each in (waiting, now)]
    assert [state.price_id == price for state in states if isinstance(state, SubscriptionState)] == [False, True]
    back = f"{make.plan('northlight-monthly')['id']}:EUR"
    assert isinstance(perform(actor, ask("change_plan", waiting, price_id=back)), Done)
    assert "pending_change" not in site.app.store.of("subscription")[waiting]


@pytest.mark.parametrize(
    ("name", "state", "more", "error"),
    [
        ("pause_subscription", "expired", {}, RequestInvalid),
        ("pause_subscription", "canceled", {}, RequestInvalid),
        ("resume_subscription", "expired", {}, Refused),
        ("cancel_subscription", "paused", {}, RequestInvalid),
        ("cancel_subscription", "active", {"is_prorated": True}, RequestInvalid),
        ("change_plan", "canceled", {"price_id": "{plan}:EUR"}, RequestInvalid),
        ("change_plan", "active", {"price_id": "{plan}:USD"}, RequestInvalid),
        ("change_plan", "active", {"price_id": "{plan}"}, RequestInvalid),
        ("change_plan", "active", {"price_id": "nosuchplan:EUR"}, ObjectUnknown),
        ("change_plan", "active", {"price_id": "../plans:EUR"}, ObjectUnknown),
        ("apply_coupon", "active", {"coupon_id": "nosuchcoupon"}, ObjectUnknown),
        ("apply_coupon", "active", {"coupon_id": "a/b"}, ObjectUnknown),
        ("apply_coupon", "expired", {"coupon_id": "{coupon}"}, RequestInvalid),
    ],
)
def test_what_recurly_refuses_changes_nothing(
    actor: RecurlyActor, make: Makers, site: Running, name: str, state: str, more: dict[str, Any],
    error: type[GatewayError],
) -> None:  # fmt: skip
    names = {"plan": make.plan("northlight-yearly")["id"], "coupon": make.coupon("spring")["id"]}
    details = {key: value.format(**names) if isinstance(value, str) else value for key, value in more.items()}
    wanted = ask(name, make.subscription(state), **details)
    before = dict(site.app.store.of("subscription")[wanted.object_id])
    with pytest.raises(error):
        perform(actor, wanted)
    assert site.app.store.of("subscription")[wanted.object_id] == before
    assert actor.look_up(wanted, idempotency_key="x") is None


def test_a_pause_that_is_still_to_come_and_a_cancellation_are_taken_back(actor: RecurlyActor, make: Makers) -> None:
    for name in ("pause_subscription", "cancel_subscription"):
        wanted = make.subscription()
        perform(actor, ask(name, wanted))
        before = actor.state_of("subscription", wanted)
        assert isinstance(before, SubscriptionState)
        assert (before.is_paused, before.is_cancel_at_period_end) == (name[0] == "p", name[0] == "c")
        assert isinstance(perform(actor, ask("resume_subscription", wanted)), Done)
        after = actor.state_of("subscription", wanted)
        assert isinstance(after, SubscriptionState)
        assert (after.status, after.is_paused, after.is_cancel_at_period_end) == ("active", False, False)


def test_of_two_coupons_on_an_account_none_is_taken_off(actor: RecurlyActor, make: Makers) -> None:
    account = make.account()
    first = make.subscription(coupon="spring", account=account)
    make.subscription(coupon="welcome", account=account)
    with pytest.raises(Refused, match="2 active"):
        perform(actor, ask("remove_coupon", first))
