"""Refunds where there are no idempotency keys: looked up before they are sent, and never sent twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from connectors.actions import Refund
from connectors.errors import (
    AmountTooHigh,
    Declined,
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    Refused,
    RequestInvalid,
)
from connectors.gateway import AccountAccess
from connectors.gateways.recurly.act import RecurlyActor
from connectors.gateways.recurly.amounts import exactly, from_recurly, to_recurly
from connectors.gateways.recurly.errors import from_answer
from connectors.gateways.recurly.outcomes import looked_up, outcome
from connectors.gateways.recurly.read import RecurlyReader
from connectors.gateways.recurly.states import STATES, charge_state
from connectors.money import AmountInvalid, Money
from connectors.outcomes import Done, Failed, Pending
from sandbox.standin.running import Running
from tests.connectors.recurly.conftest import Till
from tests.connectors.two_processes import at_once


def refund(charge: str, amount: Money, request_id: str = "") -> Refund:
    return Refund(
        account="recurly/main",
        object_id=charge,
        amount=amount,
        reason_code="duplicate",
        request_id=request_id or f"req_{uuid4().hex}",
    )


def refunds_sent(site: Running, invoice: str) -> list[dict[str, Any]]:
    log = site.control("GET", "log")["log"]
    return [entry for entry in log if entry["path"] == f"/invoices/{invoice}/refund"]


def invoice_of(site: Running, charge: str) -> str:
    return str(site.app.store.of("transaction")[charge]["invoice"]["id"])


def test_one_request_from_several_threads_moves_money_once(actor: RecurlyActor, till: Till, site: Running) -> None:
    wanted = refund(till.take(), Money(120, "EUR"))
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: actor.perform(wanted, idempotency_key="x"), range(4)))
    assert len({str(each) for each in done}) == 1
    assert len(refunds_sent(site, invoice_of(site, wanted.object_id))) == 1
    assert till.refunded(wanted.object_id) == wanted.amount


def test_what_is_sent_is_an_amount_back_to_the_payment_with_the_request_in_the_notes(
    actor: RecurlyActor, till: Till, site: Running
) -> None:
    wanted = refund(till.take(), Money(110, "EUR"))
    actor.perform(wanted, idempotency_key="x")
    (entry,) = refunds_sent(site, invoice_of(site, wanted.object_id))
    assert json.loads(entry["body"], parse_float=Decimal) == {
        "type": "amount",
        "amount": Decimal("1.10"),
        "refund_method": "all_transaction",
        "credit_customer_notes": f"Reference: {wanted.request_id}",
    }


def test_a_lost_answer_is_found_by_the_next_perform_and_not_sent_again(
    actor: RecurlyActor, till: Till, site: Running
) -> None:
    wanted = refund(till.take(), Money(130, "EUR"))
    site.fault("drop_after", path="/invoices/*/refund")
    with pytest.raises(OutcomeUnknown):
        actor.perform(wanted, idempotency_key="x")
    assert isinstance(actor.perform(wanted, idempotency_key="y"), Done)
    assert till.refunded(wanted.object_id) == wanted.amount


def test_yen_have_no_decimals(actor: RecurlyActor, till: Till) -> None:
    wanted = refund(till.take("JPY"), Money(501, "JPY"))
    done = actor.perform(wanted, idempotency_key="x")
    assert isinstance(done, Done)
    assert (done.amount, till.refunded(wanted.object_id)) == (wanted.amount, wanted.amount)


def test_another_currency_than_the_payments_is_refused(actor: RecurlyActor, till: Till) -> None:
    charge = till.take()
    with pytest.raises(RequestInvalid, match="EUR"):
        actor.perform(refund(charge, Money(100, "USD")), idempotency_key="x")
    assert till.refunded(charge).minor == 0


def test_a_declined_payment_has_nothing_to_give_back(actor: RecurlyActor, till: Till) -> None:
    charge = till.first(type="purchase", status="declined")
    assert (actor.charge_state(charge).status, actor.charge_state(charge).left.minor) == ("failed", 0)
    with pytest.raises(Refused, match="failed"):
        actor.perform(refund(charge, Money(100, "EUR")), idempotency_key="x")


def test_a_refund_is_no_charge(actor: RecurlyActor, till: Till) -> None:
    with pytest.raises(ObjectUnknown, match="refund"):
        actor.charge_state(till.first(type="refund"))


@pytest.mark.parametrize("charge_id", ["", "..", "a/b", "a?b", "x" * 65, "ä"])
def test_an_id_that_is_none_reaches_no_other_address(actor: RecurlyActor, charge_id: str) -> None:
    with pytest.raises(ObjectUnknown):
        actor.charge_state(charge_id)
    assert actor.look_up(refund(charge_id, Money(1, "EUR")), idempotency_key="x") is None


@pytest.mark.parametrize("request_id", ["two words", "x" * 128, "a\nb"])
def test_a_request_id_that_could_not_be_found_again_is_refused(
    actor: RecurlyActor, till: Till, request_id: str
) -> None:
    with pytest.raises(RequestInvalid):
        actor.perform(refund(till.first(status="success"), Money(1, "EUR"), request_id), idempotency_key="x")


def test_a_read_only_key_refunds_nothing(access: AccountAccess, till: Till, site: Running) -> None:
    reading = replace(access, api_key=site.settings.read_key)
    reader = RecurlyReader(reading)
    granted = {line.name: line.is_granted for line in reader.permissions()}
    assert [name for name, is_granted in granted.items() if not is_granted] == ["Write: a key with full access"]
    weak, charge = RecurlyActor(reading), till.take()
    with pytest.raises(NotAuthorised):
        weak.perform(refund(charge, Money(100, "EUR")), idempotency_key="x")
    assert till.refunded(charge).minor == 0
    weak.close()
    reader.close()


CHARGE = {"id": "pay1", "object": "transaction", "type": "purchase", "status": "success", "currency": "EUR",
          "amount": Decimal("10.5"), "created_at": "2026-11-01T10:00:00Z"}  # fmt: skip
REFUND = {**CHARGE, "id": "ref1", "type": "refund", "original_transaction_id": "pay1", "amount": Decimal("4")}
CREDIT = {"id": "cred1", "state": "closed", "currency": "EUR", "total": Decimal("-4.00"), "transactions": [REFUND],
          "created_at": "2026-11-02T10:00:00Z"}  # fmt: skip


@pytest.mark.parametrize(
    ("status", "kind"),
    [("success", Done), ("pending", Pending), ("processing", Pending), ("scheduled", Pending), ("declined", Failed),
     ("error", Failed), ("void", Failed), ("chargeback", Pending), ("wobbly", Pending)],
)  # fmt: skip
def test_only_a_success_is_done(status: str, kind: type) -> None:
    found = looked_up({**CREDIT, "transactions": [{**REFUND, "status": status}]}, CHARGE)
    assert type(found) is kind
    assert (found.gateway_reference, found.amount) == ("ref1", Money(400, "EUR"))


def test_a_refund_that_failed_at_once_is_refused() -> None:
    with pytest.raises(Declined, match="No money went back"):
        outcome({**CREDIT, "transactions": [{**REFUND, "status": "declined"}]}, CHARGE)


def test_a_payment_that_was_voided_instead_of_refunded_is_done() -> None:
    voided = {**CHARGE, "status": "void", "voided_by_invoice": {"id": "cred1"}, "voided_at": "2026-11-02T11:00:00Z"}
    found = looked_up({**CREDIT, "transactions": []}, voided)
    assert isinstance(found, Done)
    assert (found.gateway_reference, found.amount) == ("cred1", Money(400, "EUR"))
    assert isinstance(looked_up({**CREDIT, "transactions": []}, CHARGE), Pending)
    assert isinstance(looked_up({**CREDIT, "transactions": [], "state": "voided"}, CHARGE), Failed)


@pytest.mark.parametrize(
    "credit",
    [{}, {"transactions": ["x"]}, {**CREDIT, "transactions": [{**REFUND, "amount": "4"}]},
     {**CREDIT, "transactions": [{**REFUND, "amount": Decimal("4.001")}]},
     {**CREDIT, "transactions": [{**REFUND, "currency": "ZZZ"}]},
     {**CREDIT, "transactions": [{**REFUND, "created_at": "yesterday"}]}],
)  # fmt: skip
def test_a_credit_invoice_that_cannot_be_read_is_unknown(credit: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        looked_up(credit, CHARGE)


@pytest.mark.parametrize("status", [*STATES, "wobbly"])
def test_every_documented_status_has_a_state_and_a_new_one_is_pending(status: str) -> None:
    state = charge_state("recurly/main", {**CHARGE, "status": status}, [])
    assert state.status == STATES.get(status, "pending")
    assert state.captured.minor == (1050 if status in {"success", "chargeback"} else 0)
    assert state.is_disputed == (status == "chargeback")


def test_what_a_bank_took_back_is_no_refund_of_ours() -> None:
    taken = {**REFUND, "origin": "chargeback"}
    state = charge_state("recurly/main", CHARGE, [taken, REFUND])
    assert (state.is_disputed, state.refunded) == (True, Money(400, "EUR"))


@pytest.mark.parametrize(("minor", "currency", "text"), [(1050, "EUR", "10.50"), (1050, "JPY", "1050"),
                                                         (1050, "KWD", "1.050"), (1, "EUR", "0.01"),
                                                         (10**15 + 1, "EUR", "10000000000000.01")])  # fmt: skip
def test_amounts_are_written_and_read_digit_by_digit(minor: int, currency: str, text: str) -> None:
    amount = Money(minor, currency)
    assert orjson.dumps(to_recurly(amount)).decode() == text
    assert from_recurly(exactly(f'{{"amount": {text}}}'.encode())["amount"], currency) == amount


@pytest.mark.parametrize("value", ["10", True, None, Decimal("1.001"), [1]])
def test_an_amount_that_is_none_is_not_guessed(value: object) -> None:
    with pytest.raises(AmountInvalid):
        from_recurly(value, "EUR")


REFUSALS = [
    (400, "bad_request", RequestInvalid),
    (403, "invalid_permissions", None),
    (404, "not_found", ObjectUnknown),
    (422, "transaction", Declined),
    (422, "validation", RequestInvalid),
]


@pytest.mark.parametrize(("status", "code", "kind"), REFUSALS)
def test_each_refusal_has_its_own_name(status: int, code: str, kind: type | None) -> None:
    for body in ({"error": {"type": code, "message": "No."}}, {"type": code, "message": "No."}):
        found = from_answer(status, body, {}, is_write=True)
        assert type(found).__name__ == "PermissionMissing" if kind is None else type(found) is kind


def test_an_over_refund_is_told_by_its_parameter_or_its_words() -> None:
    error = {"type": "validation", "message": "Amount must be less than or equal to the refundable amount"}
    assert isinstance(from_answer(422, {"error": {**error, "params": [{"param": "amount"}]}}, {}, is_write=True),
                      AmountTooHigh)  # fmt: skip


@pytest.mark.parametrize("body", [None, [], "no", {"error": "x"}, {"message": "proxy"}])
@pytest.mark.parametrize("status", [200, 302, 400, 407, 500, 502])
def test_an_answer_that_is_not_recurlys_leaves_a_write_unknown(status: int, body: object) -> None:
    assert isinstance(from_answer(status, body, {}, is_write=True), OutcomeUnknown)


def test_two_processes_with_one_request_refund_once(
    access: AccountAccess, site: Running, till: Till, tmp_path: Path
) -> None:
    charge = till.take()
    # The first one's request is under way while the second one looks for it.
    site.fault("slow", method="POST", path="/invoices/*/refund", seconds=1.0, count=2)
    first, second = at_once(access, charge, tmp_path)
    assert first == second != ""
    assert till.refunded(charge) == Money(100, "EUR")
