"""Refunds at a shop that has no idempotency keys and answers 500 to nearly everything that goes wrong."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from connectors.actions import Refund
from connectors.errors import (
    AlreadyRefunded,
    AmountTooHigh,
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    Refused,
    RequestInvalid,
    UnexpectedShape,
)
from connectors.gateway import AccountAccess
from connectors.gateways.woocommerce.act import WooCommerceActor
from connectors.gateways.woocommerce.errors import CANNOT_REFUND, from_answer, scrub
from connectors.gateways.woocommerce.outcomes import looked_up, outcome, request_ids
from connectors.gateways.woocommerce.read import WooCommerceReader
from connectors.gateways.woocommerce.states import charge_state
from connectors.money import Money
from connectors.outcomes import Done, Pending
from sandbox.standin.running import Running
from tests.connectors.scripted import Reply, scripted
from tests.connectors.two_processes import at_once
from tests.connectors.woocommerce.conftest import Till


def refund(charge: str, amount: Money, request_id: str = "") -> Refund:
    return Refund(
        account="woocommerce/shop",
        object_id=charge,
        amount=amount,
        reason_code="duplicate",
        request_id=request_id or f"req_{uuid4().hex}",
    )


def sent(shop: Running, order: str) -> list[dict[str, Any]]:
    log = shop.control("GET", "log")["log"]
    return [entry for entry in log if entry["path"].endswith(f"/orders/{order}/refunds")]


def test_one_request_from_several_threads_moves_money_once(actor: WooCommerceActor, till: Till, shop: Running) -> None:
    wanted = refund(till.take(), Money(120, "EUR"))
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: actor.perform(wanted, idempotency_key="x"), range(4)))
    assert len({str(each) for each in done}) == 1
    assert len(sent(shop, wanted.object_id)) == 1
    assert till.refunded(wanted.object_id) == wanted.amount


def test_money_goes_back_by_the_plugin_and_nothing_goes_back_to_stock(
    actor: WooCommerceActor, till: Till, shop: Running
) -> None:
    wanted = refund(till.take(), Money(110, "EUR"))
    actor.perform(wanted, idempotency_key="x")
    (entry,) = sent(shop, wanted.object_id)
    assert json.loads(entry["body"]) == {
        "amount": "1.10",
        "reason": f"Reference: {wanted.request_id}",
        "api_refund": True,
        "api_restock": False,
        "meta_data": [{"key": "counterfoil_request_id", "value": wanted.request_id}],
    }
    assert "oauth" not in entry["path"]


@pytest.mark.parametrize(("currency", "minor", "text"), [("KWD", 1_250, "1.250"), ("JPY", 501, "501")])
def test_amounts_have_their_currencys_decimals(
    actor: WooCommerceActor, till: Till, shop: Running, currency: str, minor: int, text: str
) -> None:
    wanted = refund(till.take(currency), Money(minor, currency))
    done = actor.perform(wanted, idempotency_key="x")
    assert isinstance(done, Done)
    assert json.loads(sent(shop, wanted.object_id)[0]["body"])["amount"] == text
    assert (done.amount, till.refunded(wanted.object_id)) == (wanted.amount, wanted.amount)


@pytest.mark.parametrize("plugin", ["bacs", "cod"])
def test_a_plugin_that_cannot_refund_is_not_asked(
    actor: WooCommerceActor, till: Till, shop: Running, plugin: str
) -> None:
    charge = till.take(plugin=plugin)
    with pytest.raises(Refused, match="by hand"):
        actor.perform(refund(charge, Money(100, "EUR")), idempotency_key="x")
    assert sent(shop, charge) == []


def test_a_plugin_that_failed_leaves_it_open_whether_money_moved(
    actor: WooCommerceActor, till: Till, shop: Running
) -> None:
    wanted = refund(till.take(is_failing=True), Money(100, "EUR"))
    with pytest.raises(OutcomeUnknown, match="could not be reached") as raised:
        actor.perform(wanted, idempotency_key="x")
    assert raised.value.code == CANNOT_REFUND
    assert sent(shop, wanted.object_id)[0]["status"] == 500
    assert actor.look_up(wanted, idempotency_key="x") is None


def test_another_currency_than_the_orders_is_refused(actor: WooCommerceActor, till: Till) -> None:
    charge = till.take()
    with pytest.raises(RequestInvalid, match="EUR"):
        actor.perform(refund(charge, Money(100, "USD")), idempotency_key="x")
    assert till.refunded(charge).minor == 0


@pytest.mark.parametrize(
    ("status", "state"),
    [("pending", "pending"), ("on-hold", "pending"), ("failed", "failed"), ("cancelled", "voided")],
)
def test_an_unpaid_order_has_nothing_to_give_back(actor: WooCommerceActor, till: Till, status: str, state: str) -> None:
    charge = till.first(status=status, date_paid_gmt=None)
    assert (actor.charge_state(charge).status, actor.charge_state(charge).left.minor) == (state, 0)
    with pytest.raises(Refused, match=state):
        actor.perform(refund(charge, Money(100, actor.charge_state(charge).captured.currency)), idempotency_key="x")


@pytest.mark.parametrize("charge_id", ["", "..", "1/refunds", "1?x", "x", "٣", "1" * 19])
def test_an_id_that_is_none_reaches_no_other_address(actor: WooCommerceActor, charge_id: str) -> None:
    with pytest.raises(ObjectUnknown):
        actor.charge_state(charge_id)
    assert actor.look_up(refund(charge_id, Money(1, "EUR")), idempotency_key="x") is None


ORDER: dict[str, Any] = {"id": 7, "status": "completed", "currency": "EUR", "total": "10.00", "payment_method": "cards",
         "date_paid_gmt": "2026-11-01T10:00:00", "date_created_gmt": "2026-11-01T09:00:00", "refunds": []}  # fmt: skip
REFUND: dict[str, Any] = {"id": 8, "amount": "4.00", "reason": "Reference: req_1", "refunded_payment": True,
          "date_created_gmt": "2026-11-02T10:00:00", "meta_data": []}  # fmt: skip
NOT_MADE = Reply(json.dumps({"code": CANNOT_REFUND, "message": "Ungültiger Betrag."}).encode(), 500)
PLUGIN = Reply(b'{"id": "cards", "method_supports": ["refunds"]}')


def reply(value: object) -> Reply:
    return Reply(json.dumps(value).encode())


def perform_after(*replies: Reply, amount: int = 900) -> Any:
    """What becomes of a refund of 9.00 of order 7 where a shop gives these answers, one after the other."""
    with scripted(*replies) as server:
        actor = WooCommerceActor(AccountAccess("woocommerce/shop", server.url, "ck_1:cs_1"))
        return actor.perform(refund("7", Money(amount, "EUR"), "req_1"), idempotency_key="x")


def smaller(order: dict[str, Any]) -> dict[str, Any]:
    """The same order, of which somebody took lines away meanwhile."""
    return {**order, "total": "5.00"}


def test_a_500_to_an_amount_that_is_too_high_is_a_refusal_when_no_refund_was_made() -> None:
    with pytest.raises(AmountTooHigh, match=r"5\.00"):
        perform_after(reply(ORDER), reply([]), PLUGIN, NOT_MADE, reply(smaller(ORDER)), reply([]))
    gone = {**ORDER, "total": "0.00"}
    with pytest.raises(AlreadyRefunded):
        perform_after(reply(ORDER), reply([]), PLUGIN, NOT_MADE, reply(gone), reply([]))


def test_a_500_beside_a_refund_of_somebody_else_stays_unknown() -> None:
    other = {**REFUND, "reason": "by hand"}
    with pytest.raises(OutcomeUnknown):
        perform_after(reply(ORDER), reply([]), PLUGIN, NOT_MADE, reply(smaller(ORDER)), reply([other]))


def test_a_500_though_our_refund_is_there_is_what_the_refund_says() -> None:
    done = perform_after(reply(ORDER), reply([]), PLUGIN, NOT_MADE, reply(ORDER), reply([REFUND]))
    assert isinstance(done, Done)
    assert done.gateway_reference == "8"


def test_a_500_and_then_no_answer_stays_unknown() -> None:
    with pytest.raises(OutcomeUnknown, match="Ungültiger"):
        perform_after(reply(ORDER), reply([]), PLUGIN, NOT_MADE, Reply(b"down", 503))


def test_a_plugin_that_is_gone_cannot_give_back() -> None:
    gone = Reply(b'{"code": "woocommerce_rest_payment_gateway_invalid", "message": "No."}', 404)
    with pytest.raises(Refused, match="no longer"):
        perform_after(reply(ORDER), reply([]), gone)
    with pytest.raises(Refused, match="outside"):
        perform_after(reply({**ORDER, "payment_method": ""}), reply([]))


def test_a_key_that_may_not_ask_about_plugins_may_still_refund() -> None:
    denied = Reply(b'{"code": "woocommerce_rest_cannot_view", "message": "No."}', 403)
    assert isinstance(perform_after(reply(ORDER), reply([]), denied, reply(REFUND)), Done)


def test_a_refund_without_the_word_that_money_moved_is_pending() -> None:
    found = outcome({**REFUND, "refunded_payment": False}, "EUR")
    assert isinstance(found, Pending)
    assert (found.gateway_reference, found.amount) == ("8", Money(400, "EUR"))
    both = [{**REFUND, "refunded_payment": False}, {**REFUND, "id": 9}]
    assert isinstance(looked_up(both, "req_1", "EUR"), Done)


@pytest.mark.parametrize(
    ("refund", "found"),
    [({"reason": "Reference: req_1"}, {"req_1"}), ({"reason": "Broken (Reference: req_1)."}, {"req_1"}),
     ({"reason": "", "meta_data": [{"key": "counterfoil_request_id", "value": "req_2"}]}, {"req_2"}),
     ({"reason": None, "meta_data": None}, set()), ({"reason": "Reference: req_12"}, {"req_12"}),
     ({"meta_data": ["x", {"key": "other", "value": "req_1"}]}, set())],
)  # fmt: skip
def test_a_refund_is_told_by_its_reason_or_its_meta_data(refund: dict[str, Any], found: set[str]) -> None:
    assert request_ids(refund) == found


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"amount": 4}, {"amount": "4.001"}, {"amount": "lots"}, {"date_created_gmt": "2026-11-02T10:00:00Z"},
     {"date_created_gmt": None}],
)  # fmt: skip
def test_a_refund_that_cannot_be_read_is_unknown(change: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        outcome({**REFUND, **change}, "EUR")


@pytest.mark.parametrize(
    "change",
    [{"total": 10}, {"total": "10.001"}, {"currency": "ZZZ"}, {"currency": None}, {"date_paid_gmt": "yesterday"},
     {"refunds": [{"total": None}]}, {"refunds": ["x"]}],
)  # fmt: skip
def test_an_order_that_cannot_be_read_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedShape):
        charge_state("woocommerce/shop", {**ORDER, **change})


def test_a_read_only_key_refunds_nothing(access: AccountAccess, till: Till, shop: Running) -> None:
    reading = replace(access, api_key=shop.settings.read_key)
    reader, weak, charge = WooCommerceReader(reading), WooCommerceActor(reading), till.take()
    granted = {line.name: line.is_granted for line in reader.permissions()}
    assert [name for name, is_granted in granted.items() if not is_granted] == ["Read/Write key"]
    full = WooCommerceReader(access)
    assert all(line.is_granted for line in full.permissions())
    with pytest.raises(NotAuthorised):
        weak.perform(refund(charge, Money(100, "EUR")), idempotency_key="x")
    assert till.refunded(charge).minor == 0
    for each in (weak, reader, full):
        each.close()


def test_a_clock_that_is_off_is_named(access: AccountAccess, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    actor = WooCommerceActor(access)
    monkeypatch.setattr(actor._wire, "_wall", lambda: now - 16 * 60)
    with pytest.raises(NotAuthorised, match="clock"):
        actor.charge_state("1")
    actor.close()


@pytest.mark.parametrize("body", [None, [], "no", {"error": "x"}, {"message": "proxy"}])
@pytest.mark.parametrize("status", [200, 301, 400, 407, 500, 503])
def test_an_answer_that_is_not_the_shops_leaves_a_write_unknown(status: int, body: object) -> None:
    assert isinstance(from_answer(status, body, {}, is_write=True), OutcomeUnknown)


def test_texts_lose_keys_markup_and_their_length() -> None:
    text = scrub(
        "<p>Bad key ck_live123 with cs_live456, oauth_signature=abc%3D card 4111 1111 1111 1111</p>" + "x" * 999
    )
    for secret in ("live123", "live456", "abc%3D", "4111", "<p>"):
        assert secret not in text
    assert len(text) <= 300


def test_two_processes_with_one_request_refund_once(
    access: AccountAccess, shop: Running, till: Till, tmp_path: Path
) -> None:
    order = till.take()
    # The first one's request is under way while the second one looks for it.
    shop.fault("slow", method="POST", path="/wp-json/wc/v3/orders/*/refunds", seconds=1.0, count=2)
    first, second = at_once(access, order, tmp_path)
    assert first == second != ""
    assert till.refunded(order) == Money(100, "EUR")
