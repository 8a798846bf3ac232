"""What agents did at Stripe's stand-in, read again: the canonical tables say what the actor said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connectors.actions import Action
from connectors.gateway import AccountAccess
from connectors.gateways.stripe import GATEWAY
from connectors.gateways.stripe.act import StripeActor
from connectors.outcomes import Done
from connectors.states import ChargeState, InvoiceState, SubscriptionState
from sandbox.stripe.running import running
from tests.connectors.conftest import KEY, SCOPE, Till
from tests.connectors.staged import Staged
from tests.connectors.stripe_scene import ADDRESS, MAKERS, StripeScene
from warehouse.build import build
from warehouse.landing import land_pages
from warehouse.load import load_landed


@dataclass
class Acted:
    """Every action of Stripe's, carried out once, and the account pulled after."""

    till: Till
    staged: Staged
    actor: StripeActor
    actions: dict[str, Action]
    outcomes: dict[str, Done]

    def one(self, table: str, name: str, column: str, reference: str | None = None) -> dict[str, Any]:
        """The canonical row of what an action was about, or made."""
        wanted = reference or self.actions[name].object_id
        (row,) = self.staged.rows(f"SELECT * FROM canonical.{table} WHERE {column} = '{wanted}'")  # noqa: S608
        return row


@pytest.fixture(scope="module")
def acted(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Acted]:
    with running(None, SCOPE) as shop:
        access = AccountAccess("stripe/eu", shop.url, KEY)
        till = Till(shop)
        scene, actor = StripeScene(access, till), StripeActor(access)
        actions: dict[str, Action] = {}
        outcomes: dict[str, Done] = {}
        for name in MAKERS:
            wanted = scene.object_for(name)
            assert wanted is not None
            done = actor.perform(wanted, idempotency_key=f"cf_{wanted.request_id}")
            assert isinstance(done, Done), name
            actions[name], outcomes[name] = wanted, done
        till.hold(600)
        leaving = till.subscribe()
        end = leaving["items"]["data"][0]["current_period_end"]
        till.post(f"/v1/subscriptions/{leaving['id']}", {"cancel_at": str(end), "metadata[who]": "customer"})
        yield Acted(till, Staged(Path(tmp_path_factory.mktemp("acted")), access, built_once), actor, actions, outcomes)
        actor.close()


@pytest.mark.parametrize("name", ["capture", "void", "charge_again", "authorize", "refund"])
def test_a_charge_is_in_the_tables_as_the_actor_reads_it(acted: Acted, name: str) -> None:
    is_made = GATEWAY.made_by.get(name) == "charges"
    reference = acted.outcomes[name].gateway_reference if is_made else acted.actions[name].object_id
    row, state = acted.one("charges", name, "charge_id", reference), acted.actor.state_of("charge", reference)
    assert isinstance(state, ChargeState)
    assert (row["status"], row["captured_minor"], row["refunded_minor"], row["customer_id"]) == (
        state.status,
        state.captured.minor,
        state.refunded.minor,
        state.customer_id,
    )


def test_what_was_charged_or_held_carries_the_request(acted: Acted) -> None:
    for name in ("charge_again", "authorize"):
        row = acted.one("charges", name, "charge_id", acted.outcomes[name].gateway_reference)
        assert acted.actions[name].request_id in str(row["metadata"])


@pytest.mark.parametrize(
    "name",
    ["cancel_subscription", "change_plan", "pause_subscription", "resume_subscription", "create_subscription"],
)
def test_a_subscription_is_in_the_tables_as_the_actor_reads_it(acted: Acted, name: str) -> None:
    is_made = name in GATEWAY.made_by
    wanted = acted.outcomes[name].gateway_reference if is_made else acted.actions[name].object_id
    row, state = (
        acted.one("subscriptions", name, "subscription_id", wanted),
        acted.actor.state_of("subscription", wanted),
    )
    assert isinstance(state, SubscriptionState)
    assert (row["status"], row["price_id"], row["is_cancel_at_period_end"], row["customer_id"]) == (
        state.status,
        state.price_id,
        state.is_cancel_at_period_end,
        state.customer_id,
    )
    assert state.status == ("paused" if name == "pause_subscription" else "active")


@pytest.mark.parametrize("name", ["send_invoice", "mark_uncollectible"])
def test_an_invoice_is_in_the_tables_as_the_actor_reads_it(acted: Acted, name: str) -> None:
    row = acted.one("invoices", name, "invoice_id")
    state = acted.actor.state_of("invoice", acted.actions[name].object_id)
    assert isinstance(state, InvoiceState)
    assert state.remaining is not None
    assert (row["status"], row["remaining_minor"]) == (state.status, state.remaining.minor)
    assert state.status == ("open" if name == "send_invoice" else "uncollectible")


def test_a_customer_is_in_the_tables_with_tax_id_and_address(acted: Acted) -> None:
    with_id = acted.one("customers", "add_tax_id", "customer_id")
    assert "DE123456789" in str(with_id["tax_ids"])
    assert acted.one("customers", "change_address", "customer_id")["country"] == ADDRESS["country"]


def test_a_hold_is_voided_in_the_tables_though_its_charge_does_not_change(acted: Acted) -> None:
    (charge,) = [one for one in acted.till.charges() if one["amount"] == 600 and not one["captured"]]
    assert acted.one("charges", "void", "charge_id", charge["id"])["status"] == "authorized"
    acted.till.post(f"/v1/payment_intents/{charge['payment_intent']}/cancel", {})
    assert acted.till.get(f"/v1/charges/{charge['id']}") == charge
    reader = GATEWAY.open_reader(AccountAccess("stripe/eu", acted.till.shop.url, KEY))
    page = reader.fetch("payment_intents", charge["payment_intent"])
    reader.close()
    assert page is not None
    list(land_pages(acted.staged.paths.landing, "stripe/eu", iter([page])))
    load_landed(acted.staged.paths)
    built = build(acted.staged.paths, reporting_time_zone="Europe/Berlin").built
    assert built["canonical.charges"] == "changed rows"
    assert acted.one("charges", "void", "charge_id", charge["id"])["status"] == "voided"


def test_a_cancellation_in_the_customer_portal_is_in_the_tables(acted: Acted) -> None:
    (leaving,) = [one for one in acted.till.every("/v1/subscriptions") if one["metadata"].get("who") == "customer"]
    assert not leaving["cancel_at_period_end"]
    assert acted.one("subscriptions", "", "subscription_id", leaving["id"])["is_cancel_at_period_end"]
