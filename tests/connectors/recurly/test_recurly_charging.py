"""Charging again: exactly the amount that was asked for, tax inside, and once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.errors import (
    AmountTooHigh,
    Declined,
    GatewayError,
    Refused,
    RequestInvalid,
)
from connectors.gateways.recurly.act import RecurlyActor
from connectors.money import Money
from connectors.outcomes import Done, Failed, Pending
from connectors.states import ChargeState
from sandbox.recurly.living import DECLINING
from sandbox.recurly.money import minor
from sandbox.standin.running import Running
from tests.connectors.recurly.makers import Makers, ask, perform


def test_one_charge_again_from_several_threads_is_one(actor: RecurlyActor, make: Makers, site: Running) -> None:
    wanted = ask("charge_again", make.payment(make.account()), amount=Money(555, "EUR"))
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: perform(actor, wanted), range(4)))
    assert len({str(each) for each in done}) == 1
    found = [each for each in site.app.store.of("invoice").values() if wanted.request_id in each["customer_notes"]]
    assert [minor(each["total"], "EUR") for each in found] == [555]
    assert minor(found[0]["tax"], "EUR") == 89


@pytest.mark.parametrize("amount", [500, 2_000, 1])
def test_a_site_without_tax_inclusive_prices_is_charged_the_net_that_makes_the_amount(
    actor: RecurlyActor, make: Makers, site: Running, monkeypatch: pytest.MonkeyPatch, amount: int
) -> None:
    monkeypatch.setattr(site.app.api, "features", set())
    wanted = ask("charge_again", make.payment(make.account()), amount=Money(amount, "EUR"))
    done = perform(actor, wanted)
    assert isinstance(done, Done)
    assert done.amount == wanted.amount


def test_an_amount_that_tax_cannot_make_is_refused_before_anything_is_charged(
    actor: RecurlyActor, make: Makers, site: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.app.api, "features", set())
    charge, taxed = make.payment(make.account()), {net + (2 * net * 19 + 100) // 200 for net in range(300)}
    odd = next(amount for amount in range(100, 300) if amount not in taxed)
    before = len(site.app.store.of("invoice"))
    with pytest.raises(RequestInvalid, match="exactly"):
        perform(actor, ask("charge_again", charge, amount=Money(odd, "EUR")))
    assert len(site.app.store.of("invoice")) == before


def test_a_card_that_is_declined_takes_nothing(actor: RecurlyActor, make: Makers, site: Running) -> None:
    account = make.account(last_four=DECLINING)
    wanted = ask("charge_again", make.payment(account), amount=Money(500, "EUR"))
    before = len(site.app.store.of("invoice"))
    with pytest.raises(Declined, match="declined"):
        perform(actor, wanted)
    assert actor.look_up(wanted, idempotency_key="x") is None
    price = f"{make.plan('northlight-monthly')['id']}:EUR"
    with pytest.raises(Declined):
        perform(actor, ask("create_subscription", account["id"], price_id=price))
    assert len(site.app.store.of("invoice")) == before


@pytest.mark.parametrize(("outcome", "kind"), [("succeeded", Done), ("failed", Failed)])
def test_a_direct_debit_is_pending_until_the_bank_says(
    actor: RecurlyActor, make: Makers, site: Running, outcome: str, kind: type
) -> None:
    account = make.account()
    account["billing_info"]["payment_method"] = {"object": "iban_bank_account", "last_two": "07"}
    wanted = ask("charge_again", make.payment(account), amount=Money(700, "EUR"))
    pending = perform(actor, wanted)
    assert isinstance(pending, Pending)
    assert actor.look_up(wanted, idempotency_key="x") == pending
    site.control("POST", "settle", {"refund": pending.gateway_reference, "outcome": outcome})
    found = actor.look_up(wanted, idempotency_key="x")
    assert found is not None
    assert type(found) is kind
    assert found.amount == Money(700, "EUR")
    if kind is Failed:
        with pytest.raises(Declined):
            perform(actor, wanted)


@pytest.mark.parametrize(
    ("amount", "error"), [(Money(100_000, "EUR"), AmountTooHigh), (Money(0, "EUR"), RequestInvalid),
                          (Money(-5, "EUR"), RequestInvalid), (Money(500, "USD"), RequestInvalid)],
)  # fmt: skip
def test_no_other_amount_than_one_of_the_payment_is_charged(
    actor: RecurlyActor, make: Makers, amount: Money, error: type[GatewayError]
) -> None:
    with pytest.raises(error):
        perform(actor, ask("charge_again", make.payment(make.account()), amount=amount))


def test_an_account_without_billing_information_cannot_pay(actor: RecurlyActor, make: Makers, site: Running) -> None:
    account = make.account()
    charge = make.payment(account)
    site.app.store.of("account")[account["id"]]["billing_info"] = {}
    state = actor.state_of("charge", charge)
    assert isinstance(state, ChargeState)
    assert (state.chargeable, state.customer_id) == (None, account["id"])
    with pytest.raises(Refused, match="billing information"):
        perform(actor, ask("charge_again", charge, amount=Money(500, "EUR")))
