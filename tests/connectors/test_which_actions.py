"""What is offered on a charge, up to how much, and otherwise why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.capabilities import Capabilities, Capability
from connectors.gateways.stripe.capabilities import CAPABILITIES
from connectors.money import Money
from connectors.offers import Offer, which_actions
from connectors.states import ChargeState

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANYTHING = frozenset({"refund"})
CHARGE = ChargeState(
    account="stripe/eu",
    charge_id="ch_1",
    status="succeeded",
    captured=Money(5000, "EUR"),
    refunded=Money(1500, "EUR"),
    is_disputed=False,
    created_at=NOW - timedelta(days=400),
)


def _refund(charge: ChargeState, allowed: frozenset[str] = ANYTHING) -> Offer:
    offers = which_actions(charge, CAPABILITIES, allowed, now=NOW)
    return next(offer for offer in offers if offer.action == "refund")


def test_a_paid_charge_offers_a_refund_of_what_is_left() -> None:
    offer = _refund(CHARGE)
    assert (offer.action, offer.is_offered, offer.is_partial) == ("refund", True, True)
    assert offer.maximum == Money(3500, "EUR")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "failed"}, "failed"),
        ({"status": "pending"}, "pending"),
        ({"status": "authorized"}, "authorized"),
        ({"status": "voided"}, "voided"),
        ({"is_disputed": True}, "disputed"),
        ({"refunded": Money(5000, "EUR")}, "refunded already"),
        ({"refunded": Money(5001, "EUR")}, "refunded already"),
    ],
)
def test_a_charge_that_cannot_be_refunded_says_why(change: dict[str, object], words: str) -> None:
    offer = _refund(replace(CHARGE, **change))  # type: ignore[arg-type]
    assert not offer.is_offered
    assert offer.maximum is None
    assert words in offer.reason


def test_a_role_without_the_permission_is_told_so_first() -> None:
    offer = _refund(replace(CHARGE, is_disputed=True), frozenset())
    assert "role" in offer.reason


@pytest.mark.parametrize(("age", "is_offered"), [(180, True), (181, False)])
def test_a_gateways_window_closes_the_day_after(age: int, is_offered: bool) -> None:
    narrow = Capability(
        action="refund", is_partial=True, is_repeatable=True, within=timedelta(days=180), is_looked_up=True
    )
    charge = replace(CHARGE, created_at=NOW - timedelta(days=age))
    (offer,) = which_actions(charge, Capabilities("x", {"refund": narrow}), ANYTHING, now=NOW)
    assert offer.is_offered is is_offered


def test_what_a_gateway_lacks_is_listed_with_the_reason() -> None:
    refunds = {"refund": CAPABILITIES.actions["refund"]}
    lacking = replace(CAPABILITIES, actions=refunds, absent={"authorize": "Stripe has no such thing."})
    offers = {offer.action: offer for offer in which_actions(CHARGE, lacking, ANYTHING, now=NOW)}
    assert offers["authorize"].reason == "Stripe has no such thing."
    assert offers["refund"].is_offered


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.booleans(), st.sampled_from(["succeeded", "failed"]))
def test_nothing_is_ever_offered_beyond_what_was_taken(
    taken: int, given_back: int, disputed: bool, status: str
) -> None:
    charge = replace(
        CHARGE, captured=Money(taken, "JPY"), refunded=Money(given_back, "JPY"), is_disputed=disputed, status=status
    )
    for offer in which_actions(charge, CAPABILITIES, ANYTHING, now=NOW):
        assert offer.is_offered == (offer.maximum is not None)
        if offer.maximum is not None:
            assert 0 < offer.maximum.minor == taken - given_back <= taken
