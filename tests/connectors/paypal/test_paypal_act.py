"""Refunds beyond what every gateway must do: PayPal's amounts, keys and holds, and what PayPal alone refuses."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from connectors.actions import Action, Refund
from connectors.errors import (
    ChargeDisputed,
    GatewayError,
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    Refused,
    RequestInvalid,
    WindowClosed,
)
from connectors.gateway import AccountAccess
from connectors.gateways.paypal.act import PayPalActor
from connectors.money import Money
from connectors.outcomes import Done, Pending
from sandbox.paypal.running import Running
from tests.connectors.paypal.actable import Bench
from tests.connectors.paypal.conftest import Till
from tests.connectors.scenes import PATIENT_S


def refund(charge_id: str, amount: Money) -> Refund:
    return Refund(
        account="paypal/eu",
        object_id=charge_id,
        amount=amount,
        reason_code="requested_by_customer",
        request_id=f"req_{uuid4().hex}",
    )


def perform(actor: PayPalActor, action: Action) -> Done | Pending:
    return actor.perform(action, idempotency_key=f"cf_{action.request_id}")


@pytest.mark.parametrize(
    ("currency", "minor"), [("EUR", 120), ("USD", 1), ("GBP", 99), ("JPY", 120), ("HUF", 12_000), ("TWD", 300)]
)
def test_a_part_is_refunded_to_the_smallest_amount_that_paypal_knows(
    actor: PayPalActor, till: Till, currency: str, minor: int
) -> None:
    charge = till.take(currency)
    done = perform(actor, refund(charge, Money(minor, currency)))
    assert isinstance(done, Done)
    assert done.amount == till.refunded(charge) == actor.charge_state(charge).refunded == Money(minor, currency)


@pytest.mark.parametrize("currency", ["HUF", "TWD"])
def test_a_part_of_a_forint_is_not_sent(actor: PayPalActor, till: Till, currency: str) -> None:
    charge = till.take(currency)
    with pytest.raises(RequestInvalid, match="smallest step is 1.00"):
        perform(actor, refund(charge, Money(12_050, currency)))
    assert till.refunded(charge).minor == 0


def test_a_currency_of_three_decimals_is_not_sent(actor: PayPalActor, till: Till) -> None:
    with pytest.raises(RequestInvalid, match="PayPal takes no amounts in KWD"):
        perform(actor, refund(till.take(), Money(1_000, "KWD")))


def test_another_currency_than_the_payments_is_not_sent(actor: PayPalActor, till: Till) -> None:
    charge = till.take("EUR")
    with pytest.raises(RequestInvalid, match="The payment is in EUR, the refund in USD"):
        perform(actor, refund(charge, Money(100, "USD")))
    assert till.refunded(charge).minor == 0


def test_the_same_key_for_another_amount_is_noticed_and_moves_nothing(actor: PayPalActor, till: Till) -> None:
    wanted = refund(till.take(), Money(70, "EUR"))
    perform(actor, wanted)
    with pytest.raises(RequestInvalid, match="used before with other parameters"):
        actor.perform(replace(wanted, amount=Money(71, "EUR")), idempotency_key=f"cf_{wanted.request_id}")
    assert till.refunded(wanted.object_id) == Money(70, "EUR")


def test_a_refund_of_a_payment_without_an_order_is_found_in_the_ledger(actor: PayPalActor, till: Till) -> None:
    charge = till.take(of_order=False)
    first, second = refund(charge, Money(30, "EUR")), refund(charge, Money(40, "EUR"))
    done = [perform(actor, one) for one in (first, second)]
    assert [actor.look_up(one, idempotency_key="gone") for one in (first, second)] == done
    assert actor.look_up(refund(charge, Money(30, "EUR")), idempotency_key="gone") is None
    assert actor.charge_state(charge).refunded == Money(70, "EUR")


def test_a_payment_that_is_pending_or_declined_is_not_refunded(actor: PayPalActor, till: Till) -> None:
    for status, ours in (("PENDING", "pending"), ("DECLINED", "failed")):
        charge = till.first(status)
        state = actor.charge_state(charge)
        assert (state.status, state.captured.minor) == (ours, 0)
        with pytest.raises(Refused):
            perform(actor, refund(charge, Money(100, state.captured.currency)))


def test_a_payment_older_than_180_days_is_closed(actor: PayPalActor, till: Till, pay: Running) -> None:
    store = pay.app.store
    old = next(
        entry
        for entry in store.all("capture")
        if entry.shown["status"] == "COMPLETED" and entry.at < store.clock.now() - 181 * 86_400
    )
    with pytest.raises(WindowClosed):
        perform(actor, refund(old.wanted, Money(100, old.shown["amount"]["currency_code"])))


def test_a_payment_that_was_charged_back_is_not_refunded(actor: PayPalActor, till: Till) -> None:
    charge = till.first("COMPLETED", charged_back=True)
    with pytest.raises(ChargeDisputed):
        perform(actor, refund(charge, Money(100, till.amount(charge).currency)))


def test_a_hold_is_authorized_and_nothing_of_it_is_taken(actor: PayPalActor, till: Till) -> None:
    held, gone = (till.first(status, kind="authorization") for status in ("CREATED", "VOIDED"))
    assert [actor.charge_state(one).status for one in (held, gone)] == ["authorized", "voided"]
    assert actor.charge_state(held).captured.minor == 0


@pytest.mark.parametrize("charge_id", ["", "..", "/", "x" * 300, "../refunds", "AB?x=1", "A B"])
def test_an_id_that_is_none_reaches_no_other_address(actor: PayPalActor, charge_id: str) -> None:
    with pytest.raises(ObjectUnknown):
        actor.charge_state(charge_id)


@pytest.mark.parametrize("request_id", ["req ü", "r" * 128, "", "a/b"])
def test_a_request_id_that_paypal_would_not_take_is_not_sent(actor: PayPalActor, till: Till, request_id: str) -> None:
    with pytest.raises(RequestInvalid):
        perform(actor, replace(refund(till.take(), Money(1, "EUR")), request_id=request_id))


def test_an_action_for_another_account_is_not_sent(actor: PayPalActor, till: Till) -> None:
    wanted = replace(refund(till.take(), Money(1, "EUR")), account="paypal/us")
    with pytest.raises(RequestInvalid, match="paypal/us"):
        perform(actor, wanted)


def test_a_reading_app_may_not_refund(access: AccountAccess, till: Till) -> None:
    reading = PayPalActor(replace(access, api_key="sandbox-reader:sandbox-secret"), timeout_s=PATIENT_S)
    charge = till.take()
    with pytest.raises(NotAuthorised, match="may not do this"):
        perform(reading, refund(charge, Money(1, "EUR")))
    assert till.refunded(charge).minor == 0
    reading.close()


def test_a_token_that_was_revoked_is_fetched_anew_and_the_refund_is_made_once(
    actor: PayPalActor, till: Till, pay: Running
) -> None:
    first, second = refund(till.take(), Money(10, "EUR")), refund(till.take(), Money(10, "EUR"))
    perform(actor, first)
    actor.charge_state(second.object_id)
    pay.control("POST", "tokens/revoke")
    assert isinstance(perform(actor, second), Done)
    assert till.refunded(second.object_id) == Money(10, "EUR")


def test_without_a_token_nothing_is_sent(access: AccountAccess, till: Till, pay: Running) -> None:
    charge = till.take()
    before = len(pay.control("GET", "log")["log"])
    pay.fault("error_before", method="POST", path="/v1/oauth2/token", status=503)
    fresh = PayPalActor(access, timeout_s=PATIENT_S)
    with pytest.raises(GatewayError) as raised:
        perform(fresh, refund(charge, Money(10, "EUR")))
    assert not isinstance(raised.value, OutcomeUnknown)
    assert len(pay.control("GET", "log")["log"]) == before
    fresh.close()


def test_a_failure_before_and_after_is_told_apart_by_looking_only(actor: PayPalActor, till: Till, pay: Running) -> None:
    for kind, moved in (("error_before", 0), ("error_after", 25)):
        wanted = refund(till.take(), Money(25, "EUR"))
        pay.fault(kind, method="POST", path="*/refund")
        with pytest.raises(OutcomeUnknown):
            perform(actor, wanted)
        assert till.refunded(wanted.object_id).minor == moved
        # The key makes asking again safe either way.
        assert isinstance(perform(actor, wanted), Done)
        assert till.refunded(wanted.object_id).minor == 25


def test_html_in_the_place_of_an_answer_is_to_be_looked_up(actor: PayPalActor, till: Till, pay: Running) -> None:
    wanted = refund(till.take(), Money(25, "EUR"))
    pay.fault("html", method="POST", path="*/refund")
    with pytest.raises(OutcomeUnknown):
        perform(actor, wanted)
    assert isinstance(actor.look_up(wanted, idempotency_key="gone"), Done)


def test_no_error_and_no_repr_holds_the_key(access: AccountAccess, actor: PayPalActor) -> None:
    wrong = PayPalActor(replace(access, api_key="sandbox-client:very-secret-indeed"), timeout_s=PATIENT_S)
    with pytest.raises(NotAuthorised) as raised:
        wrong.charge_state("ANYTHING")
    shown = repr(raised.value) + repr(wrong) + repr(vars(wrong)) + repr(actor)
    assert "very-secret-indeed" not in shown
    assert raised.value.__cause__ is None
    wrong.close()


def test_another_process_finds_an_invoice_whose_sending_lost_its_answer(
    access: AccountAccess, actor: PayPalActor, till: Till, pay: Running
) -> None:
    bench = Bench(pay, till)
    sent, not_sent = (bench.action("send_invoice", f"req_{kind}") for kind in ("lost", "never_left"))
    assert sent is not None and not_sent is not None  # noqa: PT018
    for wanted, kind in ((sent, "drop_after"), (not_sent, "drop_before")):
        bench.fault_on(wanted, kind)
        with pytest.raises(OutcomeUnknown):
            perform(actor, wanted)
    another = PayPalActor(access, timeout_s=PATIENT_S)
    elsewhere = PayPalActor(replace(access, seen_before=None), timeout_s=PATIENT_S)
    assert isinstance(another.look_up(sent, idempotency_key="gone"), Done)
    assert another.look_up(not_sent, idempotency_key="gone") is None
    assert elsewhere.look_up(sent, idempotency_key="gone") is None
    # Sent again, it is compared with how it was before the first time.
    assert isinstance(perform(another, not_sent), Done)
    assert isinstance(actor.look_up(not_sent, idempotency_key="gone"), Done)
    another.close()
    elsewhere.close()
