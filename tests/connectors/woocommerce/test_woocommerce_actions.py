"""Notes, addresses and goods at a shop: what is sent, what stays, and what nobody can have done twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from connectors.actions import Action, AddOrderNote, Capture
from connectors.errors import (
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    Refused,
    RequestInvalid,
    UnexpectedShape,
    Unsupported,
)
from connectors.gateway import AccountAccess
from connectors.gateways.woocommerce.act import WooCommerceActor
from connectors.gateways.woocommerce.orders import request_id_of
from connectors.gateways.woocommerce.stock import goods_left
from connectors.money import Money
from connectors.outcomes import Done, Pending
from connectors.states import ChargeState, CustomerState, OrderState
from sandbox.standin.running import Running
from tests.connectors.scripted import Reply, scripted
from tests.connectors.woocommerce.conftest import Till
from tests.connectors.woocommerce.scene import ADDRESS, asked


def sent(shop: Running, ending: str) -> list[dict[str, Any]]:
    log = shop.control("GET", "log")["log"]
    return [json.loads(entry["body"]) for entry in log if entry["path"].endswith(ending)]


def reply(value: object, status: int = 200) -> Reply:
    return Reply(json.dumps(value).encode(), status)


def done_at(action: Action, *replies: Reply) -> Any:
    """What becomes of an action where a shop gives these answers, one after the other."""
    with scripted(*replies) as server:
        actor = WooCommerceActor(AccountAccess("woocommerce/shop", server.url, "ck_1:cs_1"))
        return actor.perform(action, idempotency_key="x")


@pytest.mark.parametrize("is_for_customer", [True, False])
def test_a_note_says_to_whom_it_speaks_and_ends_with_its_request(
    actor: WooCommerceActor, till: Till, shop: Running, is_for_customer: bool
) -> None:
    wanted = asked("add_order_note", till.order(), note="Größe M, bitte", is_for_customer=is_for_customer)
    done = actor.perform(wanted, idempotency_key="x")
    text = f"Größe M, bitte (Reference: {wanted.request_id})"
    assert sent(shop, f"/orders/{wanted.object_id}/notes") == [{"note": text, "customer_note": is_for_customer}]
    assert isinstance(done, Done)
    note = shop.app.store.of("note")[done.gateway_reference]
    assert (note["note"], note["customer_note"], note["_order_id"]) == (text, is_for_customer, int(wanted.object_id))


def test_one_note_from_several_threads_is_written_once(actor: WooCommerceActor, till: Till, shop: Running) -> None:
    wanted = asked("add_order_note", till.order(), note="Once")
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: actor.perform(wanted, idempotency_key="x"), range(4)))
    assert len({str(each) for each in done}) == 1
    assert len(sent(shop, f"/orders/{wanted.object_id}/notes")) == 1


def test_a_note_that_quotes_another_request_is_not_that_requests_note(actor: WooCommerceActor, till: Till) -> None:
    order = till.order()
    quoted = asked("add_order_note", order, note="The other one")
    actor.perform(asked("add_order_note", order, note=f"See (Reference: {quoted.request_id})"), idempotency_key="x")
    assert actor.look_up(quoted, idempotency_key="x") is None


@pytest.mark.parametrize(
    ("note", "found"),
    [("Hello (Reference: req_1)", "req_1"), ("(Reference: req_2) (Reference: req_1)", "req_1"), ("req_1", None),
     ("<p>Hello (Reference: req_1)</p>", "req_1"), ("Reference: req_1", None), (None, None), (7, None)],
)  # fmt: skip
def test_a_note_is_told_by_its_last_reference(note: object, found: str | None) -> None:
    assert request_id_of({"note": note}) == found


NOTE = {"id": 5, "note": "Hi (Reference: req_1)", "customer_note": False, "date_created_gmt": "2026-11-23T10:00:00"}
WANTED = asked("add_order_note", "7", note="Hi", request_id="req_1")


@pytest.mark.parametrize(
    "answer",
    [[], {"id": 5}, {**NOTE, "note": "Hi"}, {**NOTE, "id": None}, {**NOTE, "id": "five"},
     {**NOTE, "date_created_gmt": None}, {**NOTE, "date_created_gmt": "2026-11-23T10:00:00Z"}],
)  # fmt: skip
def test_a_note_that_cannot_be_read_is_unknown(answer: object) -> None:
    with pytest.raises(OutcomeUnknown):
        done_at(WANTED, reply([]), reply(answer, 201))


def test_a_shop_that_breaks_down_over_a_note_leaves_it_unknown() -> None:
    broken = reply({"code": "woocommerce_api_cannot_create_order_note", "message": "Try again."}, 500)
    with pytest.raises(OutcomeUnknown, match="Try again"):
        done_at(WANTED, reply([]), broken)


@pytest.mark.parametrize("notes", [{"id": 5}, ["x"], [None]])
def test_notes_that_are_no_list_send_nothing(notes: object) -> None:
    with pytest.raises(UnexpectedShape):
        done_at(WANTED, reply(notes))


def test_an_empty_note_and_a_request_id_that_could_not_be_found_again_are_refused(till: Till) -> None:
    assert isinstance(WANTED, AddOrderNote)
    for wrong in (replace(WANTED, note=" "), replace(WANTED, request_id="a b"), replace(WANTED, request_id="a)")):
        with pytest.raises(RequestInvalid):
            done_at(wrong, reply([]))


def test_an_order_and_its_customer_are_states_of_their_own(actor: WooCommerceActor, till: Till) -> None:
    order, guests = till.first(status="completed", customer_id=1_001), till.first(customer_id=0)
    state = actor.state_of("order", order)
    assert isinstance(state, OrderState)
    assert (state.object_id, state.status, state.customer_id) == (order, "completed", "1001")
    charge, of_guest = actor.state_of("charge", order), actor.state_of("charge", guests)
    assert isinstance(charge, ChargeState)
    assert isinstance(of_guest, ChargeState)
    assert (charge.customer_id, of_guest.customer_id) == ("1001", None)
    assert isinstance(actor.state_of("customer", "1001"), CustomerState)
    with pytest.raises(ObjectUnknown):
        actor.state_of("customer", "999999")
    with pytest.raises(Unsupported):
        actor.state_of("invoice", "1")


def test_an_address_is_replaced_whole_and_the_rest_of_the_customer_stays(
    actor: WooCommerceActor, till: Till, shop: Running
) -> None:
    wanted = asked("change_address", till.customer(), **ADDRESS)
    before = dict(shop.app.store.of("customer")[wanted.object_id]["billing"])
    done = actor.perform(wanted, idempotency_key="x")
    address = {"address_1": "Hafenstraße 1", "address_2": "", "city": "Kiel", "state": "", "postcode": "24103"}
    assert sent(shop, f"/customers/{wanted.object_id}") == [{"billing": {**address, "country": "DE"}}]
    assert isinstance(done, Done)
    assert done.gateway_reference == wanted.object_id
    assert shop.app.store.of("customer")[wanted.object_id]["billing"] == {**before, **address, "country": "DE"}
    actor.perform(replace(wanted, request_id="req_again"), idempotency_key="y")
    assert len(sent(shop, f"/customers/{wanted.object_id}")) == 1


CUSTOMER: dict[str, Any] = {"id": 7, "billing": {"address_1": "Old", "country": "DE"},
                            "date_created_gmt": "2026-01-01T10:00:00", "date_modified_gmt": None}  # fmt: skip
MOVED = {**CUSTOMER, "billing": {"address_1": "Hafenstraße  1", "city": "Kiel", "postcode": "24103", "country": "DE"}}
MOVE = asked("change_address", "7", **ADDRESS)


@pytest.mark.parametrize("answer", [[], {"id": 8}, {"id": 7}, {**MOVED, "date_created_gmt": None}])
def test_a_customer_that_cannot_be_read_afterwards_is_unknown(answer: object) -> None:
    with pytest.raises(OutcomeUnknown, match="customer"):
        done_at(MOVE, reply(CUSTOMER), reply(answer))


def test_a_shop_that_keeps_another_address_than_it_was_given_is_not_done() -> None:
    assert isinstance(done_at(MOVE, reply(CUSTOMER), reply(CUSTOMER)), Pending)
    assert isinstance(done_at(MOVE, reply(CUSTOMER), reply(MOVED)), Done)


@pytest.mark.parametrize("country", ["Germany", "de", "D", "12"])
def test_a_country_that_is_no_code_is_refused_before_anything_is_sent(actor: WooCommerceActor, country: str) -> None:
    with pytest.raises(RequestInvalid, match="DE"):
        actor.perform(asked("change_address", "1000", **{**ADDRESS, "country": country}), idempotency_key="x")


def test_a_read_only_key_writes_nothing(access: AccountAccess, till: Till, shop: Running) -> None:
    weak = WooCommerceActor(replace(access, api_key=shop.settings.read_key))
    note, move = asked("add_order_note", till.order(), note="x"), asked("change_address", till.customer(), **ADDRESS)
    for action in (note, move):
        with pytest.raises(NotAuthorised):
            weak.perform(action, idempotency_key="x")
        assert weak.look_up(action, idempotency_key="x") is None
    weak.close()


def restocked(shop: Running) -> int:
    return sum(product.get("_restocked", 0) for product in shop.app.store.of("product").values())


def test_goods_go_back_to_stock_only_where_that_is_chosen(actor: WooCommerceActor, till: Till, shop: Running) -> None:
    first, second = till.take(), till.take()
    lines = shop.app.store.of("order")[second]["line_items"]
    for charge, restocks in ((first, False), (second, True)):
        left = actor.charge_state(charge).left
        before = restocked(shop)
        assert isinstance(
            actor.perform(asked("refund", charge, amount=left, restocks=restocks), idempotency_key="x"), Done
        )
        (body,) = sent(shop, f"/orders/{charge}/refunds")
        assert (body["api_refund"], body["api_restock"]) == (True, restocks)
        assert restocked(shop) - before == (sum(line["quantity"] for line in lines) if restocks else 0)
        assert ("line_items" in body) == restocks
        assert till.refunded(charge) == left


def test_the_goods_of_a_part_are_not_guessed(actor: WooCommerceActor, till: Till, shop: Running) -> None:
    charge = till.take()
    part = asked("refund", charge, amount=Money(100, "EUR"), restocks=True)
    with pytest.raises(RequestInvalid, match="all that is left"):
        actor.perform(part, idempotency_key="x")
    assert sent(shop, f"/orders/{charge}/refunds") == []


def test_goods_that_came_back_before_do_not_come_back_again() -> None:
    order = {"line_items": [{"id": 1, "quantity": 3}, {"id": 2, "quantity": 1}]}
    lines = [(9, "1"), (8, 2)]
    back = {
        "line_items": [
            {"id": number, "quantity": -1, "meta_data": [{"key": "_refunded_item_id", "value": line}]}
            for number, line in lines
        ]
    }
    assert goods_left(order, [{}]) == [
        {"id": 1, "quantity": 3, "refund_total": 0},
        {"id": 2, "quantity": 1, "refund_total": 0},
    ]
    assert goods_left(order, [back]) == [{"id": 1, "quantity": 2, "refund_total": 0}]
    with pytest.raises(Refused, match="no goods left"):
        goods_left(order, [back, back, back])


@pytest.mark.parametrize(
    "order", [{}, {"line_items": None}, {"line_items": ["x"]}, {"line_items": [{"id": 1, "quantity": 1.5}]},
              {"line_items": [{"id": 1, "quantity": True}]}, {"line_items": [{"id": "x", "quantity": 1}]}],
)  # fmt: skip
def test_lines_that_cannot_be_read_put_nothing_back(order: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedShape):
        goods_left(order, [])


@pytest.mark.parametrize("call", [WooCommerceActor.perform, WooCommerceActor.look_up])
def test_what_a_shop_lacks_is_unsupported_and_another_account_is_refused(
    actor: WooCommerceActor, call: Callable[..., object]
) -> None:
    held = Capture(account="woocommerce/shop", object_id="1", reason_code="x", request_id="r", amount=Money(1, "EUR"))
    with pytest.raises(Unsupported):
        call(actor, held, idempotency_key="x")
    with pytest.raises(RequestInvalid, match="woocommerce/other"):
        call(actor, replace(WANTED, account="woocommerce/other"), idempotency_key="x")
