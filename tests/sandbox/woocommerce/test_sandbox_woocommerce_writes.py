"""What can be written to the stand-in of a shop beside money: notes, addresses, goods that go back to stock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.standin.running import Running, serving
from sandbox.standin.settings import Scope
from sandbox.woocommerce.api import DEFAULTS, make_api
from tests.sandbox.listener import Listener
from tests.sandbox.woocommerce.test_sandbox_woocommerce import SCOPE, ask, paid


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Running]:
    with serving(make_api(tmp_path / "state", SCOPE, DEFAULTS), DEFAULTS) as found:
        yield found


def test_notes_are_given_newest_first_and_twice_is_two(shop: Running) -> None:
    path = f"/orders/{paid(shop)['id']}/notes"
    assert ask(shop, "GET", path).json() == []
    made = [ask(shop, "POST", path, {"note": "Hi", "customer_note": flag}).json() for flag in (False, True)]
    assert ask(shop, "GET", path).json() == made[::-1]
    assert [note["customer_note"] for note in made] == [False, True]
    assert [name for name in made[0] if name.startswith("_")] == ["_links"]
    other = next(one for one in shop.app.store.of("order") if one != str(paid(shop)["id"]))
    assert ask(shop, "GET", f"/orders/{other}/notes").json() == []


def test_notes_outlive_a_restart(tmp_path: Path) -> None:
    with serving(make_api(tmp_path / "s", SCOPE, DEFAULTS), DEFAULTS) as first:
        path = f"/orders/{paid(first)['id']}/notes"
        made = ask(first, "POST", path, {"note": "Hi"}).json()
    with serving(make_api(tmp_path / "s", Scope(seed=99), DEFAULTS), DEFAULTS) as second:
        assert ask(second, "GET", path).json() == [made]
        assert ask(second, "POST", path, {"note": "Hi"}).json()["id"] == made["id"] + 1


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "rest_missing_callback_param"), ([], "rest_invalid_json"), ({"note": 5}, "rest_invalid_param"),
     ({"note": "x", "customer_note": "yes"}, "rest_invalid_param"), ({"note": "x", "a": 1}, "rest_invalid_param")],
)  # fmt: skip
def test_a_note_that_is_wrong_is_not_written(shop: Running, body: object, code: str) -> None:
    answer = ask(shop, "POST", f"/orders/{paid(shop)['id']}/notes", body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not shop.app.store.of("note")


def test_what_is_not_there_is_a_404(shop: Running) -> None:
    assert ask(shop, "POST", "/orders/1/notes", {"note": "x"}).status_code == 404
    assert ask(shop, "GET", "/orders/1/notes").status_code == 404
    assert ask(shop, "PUT", "/customers/1", {"billing": {"city": "Kiel"}}).status_code == 404
    assert ask(shop, "PUT", f"/orders/{paid(shop)['id']}", {"status": "completed"}).status_code == 404


def test_an_address_is_changed_field_by_field_and_told(shop: Running) -> None:
    before = ask(shop, "GET", "/customers/1001").json()
    with Listener(refuse=0) as heard:
        shop.control("PUT", "webhooks", {"url": heard.url})
        after = ask(shop, "PUT", "/customers/1001", {"billing": {"city": "Kiel", "address_2": ""}}).json()
        heard.wait_for(1)
        shop.control("PUT", "webhooks", {"url": None})
    assert after["billing"] == {**before["billing"], "city": "Kiel", "address_2": ""}
    assert ask(shop, "GET", "/customers/1001").json() == after
    assert after["date_modified_gmt"] > before["date_modified_gmt"]
    assert heard.got[0][1]["x-wc-webhook-topic"] == "customer.updated"


@pytest.mark.parametrize("billing", [{"city": 5}, {"town": "Kiel"}, "Kiel", {"city": None}])
def test_an_address_that_is_wrong_changes_nothing(shop: Running, billing: object) -> None:
    before = ask(shop, "GET", "/customers/1001").json()
    assert ask(shop, "PUT", "/customers/1001", {"billing": billing}).status_code == 400
    assert ask(shop, "GET", "/customers/1001").json() == before


def restocked(shop: Running) -> int:
    return sum(product.get("_restocked", 0) for product in shop.app.store.of("product").values())


def test_only_goods_that_a_refund_names_go_back_to_stock(shop: Running) -> None:
    order = paid(shop)
    line = ask(shop, "GET", f"/orders/{order['id']}").json()["line_items"][0]
    path, named = f"/orders/{order['id']}/refunds", [{"id": line["id"], "quantity": 1, "refund_total": 0}]
    for body, count in (
        ({}, 0),
        ({"api_restock": False, "line_items": named}, 0),
        ({"line_items": [{"id": 1, "quantity": 1}]}, 0),
        ({"line_items": named}, 1),
    ):
        made = ask(shop, "POST", path, {"amount": "0.10", **body}).json()
        assert restocked(shop) == count
    (back,) = made["line_items"]
    assert (back["quantity"], back["total"], back["product_id"]) == (-1, "0.00", line["product_id"])
    assert (back["meta_data"][0]["key"], back["meta_data"][0]["value"]) == ("_refunded_item_id", str(line["id"]))
    assert made["amount"] == "0.10"


@pytest.mark.parametrize("lines", ["x", ["x"], [{"id": "1"}], [{"id": 1, "quantity": 0.5}], [{"id": 1, "colour": 1}]])
def test_lines_that_are_wrong_move_nothing(shop: Running, lines: object) -> None:
    before = shop.control("GET", "books")
    body = {"amount": "0.10", "line_items": lines}
    assert ask(shop, "POST", f"/orders/{paid(shop)['id']}/refunds", body).status_code == 400
    assert shop.control("GET", "books") == before
