"""What agents do at Recurly beside refunds: each action once, shown by the stand-in's books, and found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from connectors.actions import ACTIONS, Action, CancelSubscription, ChargeAgain
from connectors.errors import (
    ObjectUnknown,
    RequestInvalid,
    Unsupported,
)
from connectors.gateway import AccountAccess, Gateway
from connectors.gateways.recurly import GATEWAY
from connectors.gateways.recurly.act import HANDLED, RecurlyActor
from connectors.gateways.recurly.objects import note
from connectors.gateways.recurly.states import invoice_state, subscription_state
from connectors.money import Money
from connectors.offers import which_actions
from connectors.states import CustomerState, InvoiceState
from sandbox.standin.running import Running
from tests.connectors.conformance import ActionConformance, ActionScene
from tests.connectors.recurly.conftest import Till
from tests.connectors.recurly.makers import Makers, ask, perform
from tests.connectors.recurly.test_recurly_conformance import RecurlyScene
from tests.connectors.scenes import NO_ANSWER_S

ASKED = {
    "refund": ("POST", "/invoices/*/refund"),
    "charge_again": ("POST", "/purchases"),
    "create_subscription": ("POST", "/subscriptions"),
    "cancel_subscription": ("PUT", "/subscriptions/*/cancel"),
    "change_plan": ("POST", "/subscriptions/*/change"),
    "pause_subscription": ("PUT", "/subscriptions/*/pause"),
    "resume_subscription": ("PUT", "/subscriptions/*/resume"),
    "apply_coupon": ("POST", "/accounts/*/coupon_redemptions/active"),
    "remove_coupon": ("DELETE", "/accounts/*/coupon_redemptions/active"),
    "mark_uncollectible": ("PUT", "/invoices/*/mark_failed"),
    "add_tax_id": ("PUT", "/accounts/*"),
    "change_address": ("PUT", "/accounts/*"),
}


@dataclass
class RecurlyActionScene(RecurlyScene):
    """The stand-in with something to act on for every action."""

    def object_for(self, action: str) -> Action | None:
        make = Makers(self.till.site)
        objects: dict[str, Callable[[], Action]] = {
            "refund": lambda: ask(action, make.payment(make.account()), amount=Money(123, "EUR")),
            "charge_again": lambda: ask(action, make.payment(make.account()), amount=Money(1234, "EUR")),
            "create_subscription": lambda: ask(
                action, make.account()["id"], price_id=f"{make.plan('northlight-yearly')['id']}:EUR", quantity=2
            ),
            "change_plan": lambda: ask(
                action, make.subscription(), price_id=f"{make.plan('northlight-yearly')['id']}:EUR"
            ),
            "resume_subscription": lambda: ask(action, make.subscription("paused")),
            "apply_coupon": lambda: ask(action, make.subscription(), coupon_id=make.coupon("spring")["id"]),
            "remove_coupon": lambda: ask(action, make.subscription(coupon="spring")),
            "mark_uncollectible": lambda: ask(action, make.overdue()),
            "add_tax_id": lambda: ask(action, make.account()["id"], tax_id="DE123456789"),
            "change_address": lambda: ask(action, make.account()["id"], line1="Neuer Weg 1", city="Ulm", country="DE"),
        }
        if action in ("cancel_subscription", "pause_subscription"):
            return ask(action, make.subscription())  # type: ignore[no-any-return]
        return objects[action]() if action in objects else None

    def effects(self, action: Action) -> int:
        store = self.till.site.app.store
        kinds = {"refund": "invoice", "charge_again": "invoice", "create_subscription": "subscription"}
        if action.name in kinds:
            made = store.of(kinds[action.name]).values()
            return sum(each.get("customer_notes") == note(action.request_id) for each in made)
        kind = {"customer": "account"}.get(action.object_kind, action.object_kind)
        return int(REACHED[action.name](store.of(kind)[action.object_id]))

    def fault_on(self, action: Action, kind: str) -> None:
        method, path = ASKED[action.name]
        self.till.site.fault(kind, method=method, path=path, seconds=NO_ANSWER_S)


REACHED: dict[str, Callable[[dict[str, Any]], bool]] = {
    "cancel_subscription": lambda found: found["state"] == "canceled",
    "change_plan": lambda found: found.get("pending_change", {}).get("plan", {}).get("code") == "northlight-yearly",
    "pause_subscription": lambda found: found.get("remaining_pause_cycles", 0) == 120,
    "resume_subscription": lambda found: found["state"] == "active" and "paused_at" not in found,
    "apply_coupon": lambda found: [one["coupon"]["code"] for one in found.get("coupon_redemptions", [])] == ["spring"],
    "remove_coupon": lambda found: found["coupon_redemptions"] == [],
    "mark_uncollectible": lambda found: found["state"] == "failed",
    "add_tax_id": lambda found: found["vat_number"] == found["billing_info"]["vat_number"] == "DE123456789",
    "change_address": lambda found: (
        found["address"]["street1"] == found["billing_info"]["address"]["street1"] == "Neuer Weg 1"
        and found["address"]["postal_code"] == ""
    ),
}


class TestRecurlyActions(ActionConformance):
    gateway: ClassVar[Gateway] = GATEWAY

    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> ActionScene:
        return RecurlyActionScene(access, till)


def test_every_action_is_handled_or_has_a_reason_why_not() -> None:
    assert set(GATEWAY.capabilities.actions) == HANDLED == set(ASKED)
    assert set(ACTIONS) == HANDLED | set(GATEWAY.capabilities.absent)


def test_a_paid_invoice_is_not_given_up(actor: RecurlyActor, make: Makers, site: Running) -> None:
    invoice = site.app.store.of("transaction")[make.payment(make.account())]["invoice"]["id"]
    with pytest.raises(RequestInvalid):
        perform(actor, ask("mark_uncollectible", invoice))
    state = actor.state_of("invoice", invoice)
    assert isinstance(state, InvoiceState)
    assert (state.status, state.remaining) == ("paid", Money(0, "EUR"))


def test_a_tax_id_that_is_too_long_is_not_sent(actor: RecurlyActor, make: Makers) -> None:
    wanted = ask("add_tax_id", make.account()["id"], tax_id="X" * 21)
    with pytest.raises(RequestInvalid, match="20"):
        perform(actor, wanted)
    assert actor.look_up(wanted, idempotency_key="x") is None


def test_an_address_keeps_the_telephone_number(actor: RecurlyActor, make: Makers, site: Running) -> None:
    account = make.account()
    site.app.store.of("account")[account["id"]]["address"]["phone"] = "+49 221 0"
    perform(actor, ask("change_address", account["id"], line1="Neuer Weg 1", city="Ulm", country="DE"))
    assert site.app.store.of("account")[account["id"]]["address"]["phone"] == "+49 221 0"


def test_a_customer_that_left_is_told(actor: RecurlyActor, make: Makers, site: Running) -> None:
    (gone,) = [each for each in site.app.store.of("account").values() if each["state"] == "inactive"]
    state = actor.state_of("customer", gone["id"])
    assert isinstance(state, CustomerState)
    offers = which_actions(state, GATEWAY.capabilities, frozenset(ACTIONS), now=datetime.now(UTC))
    assert {offer.reason for offer in offers if offer.action in HANDLED} == {"The customer was deleted at the gateway."}


def test_an_order_is_nothing_that_recurly_has(actor: RecurlyActor) -> None:
    with pytest.raises(Unsupported):
        actor.state_of("order", "1")


@pytest.mark.parametrize(("state", "status"), [("active", "active"), ("canceled", "active"), ("expired", "cancelled"),
                                               ("failed", "incomplete_expired"), ("future", "future"),
                                               ("paused", "paused")])  # fmt: skip
def test_a_subscriptions_states_have_the_canonical_words(state: str, status: str) -> None:
    found = subscription_state("recurly/main", {"id": "s", "state": state, "plan": {"id": "p"}, "currency": "EUR"})
    assert (found.status, found.price_id, found.is_paused) == (status, "p:EUR", state == "paused")


@pytest.mark.parametrize(("state", "status"), [("open", "open"), ("pending", "open"), ("processing", "open"),
                                               ("past_due", "open"), ("paid", "paid"), ("closed", "paid"),
                                               ("failed", "uncollectible"), ("voided", "void")])  # fmt: skip
def test_an_invoices_states_have_the_canonical_words(state: str, status: str) -> None:
    assert invoice_state("recurly/main", {"id": "i", "state": state}).status == status


def test_another_account_of_ours_is_not_acted_on(actor: RecurlyActor) -> None:
    others = CancelSubscription(account="recurly/other", object_id="s1", reason_code="other", request_id="req_1")
    for method in (actor.perform, actor.look_up):
        with pytest.raises(RequestInvalid, match="recurly/other"):
            method(others, idempotency_key="x")
    charge = ChargeAgain(
        account="recurly/main", object_id="a/b", amount=Money(1, "EUR"), reason_code="other", request_id="req_1"
    )
    with pytest.raises(ObjectUnknown):
        perform(actor, charge)
