"""The stand-in of a shop: money-safe, durable, deterministic, and webhooks that arrive signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from oauthlib.oauth1 import (  # type: ignore[import-untyped]
    SIGNATURE_HMAC_SHA256,
    SIGNATURE_TYPE_QUERY,
    Client,
)

from sandbox.standin.running import Running, serving
from sandbox.standin.settings import Scope
from sandbox.woocommerce.api import DEFAULTS, make_api
from sandbox.woocommerce.money import counted, text
from sandbox.woocommerce.seed import grow
from tests.sandbox.listener import Listener

SCOPE = Scope(scale="small")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Running]:
    with serving(make_api(tmp_path / "state", SCOPE, DEFAULTS), DEFAULTS) as found:
        yield found


def ask(shop: Running, method: str, path: str, body: object = None) -> httpx.Response:
    """A request signed in the address by an implementation that is not ours."""
    key, _, secret = DEFAULTS.key.partition(":")
    client = Client(key, secret, signature_method=SIGNATURE_HMAC_SHA256, signature_type=SIGNATURE_TYPE_QUERY)
    url, _, _ = client.sign(f"{shop.url}/wp-json/wc/v3{path}", http_method=method)
    return httpx.request(method, url, json=body)


def paid(shop: Running) -> dict[str, object]:
    every = shop.app.store.of("order").values()
    return next(
        one
        for one in every
        if one["date_paid_gmt"] and not one["refunds"] and (one["currency"], one["payment_method"]) == ("EUR", "cards")
        and not one["transaction_id"].startswith("txn_fails")
    )  # fmt: skip


def test_the_same_seed_grows_the_same_shop() -> None:
    assert list(grow(SCOPE)) == list(grow(SCOPE))
    assert list(grow(SCOPE)) != list(grow(Scope(seed=8, scale="small")))


def test_no_more_than_was_paid_is_given_back_and_an_over_refund_is_a_500(shop: Running) -> None:
    order = paid(shop)
    left, path = counted(order["total"], "EUR"), f"/orders/{order['id']}/refunds"
    statuses = [
        ask(shop, "POST", path, {"amount": text(part, "EUR"), "api_restock": False}).status_code
        for part in (left // 3, left // 3, left, 0, left - 2 * (left // 3), 1)
    ]
    assert statuses == [201, 201, 500, 500, 201, 500]
    refused = ask(shop, "POST", path, {"amount": "0.01"}).json()
    assert refused["code"] == "woocommerce_rest_cannot_create_order_refund"
    book = shop.control("GET", "books")["charges"][str(order["id"])]
    assert book["refunded"] == book["captured"] == left
    shown = ask(shop, "GET", f"/orders/{order['id']}").json()
    assert (shown["status"], len(shown["refunds"])) == ("refunded", 3)


@pytest.mark.parametrize(
    ("body", "status"),
    [({"amount": 5}, 400), ({}, 400), ([], 400), ({"amount": "0.001"}, 500), ({"amount": "-1.00"}, 400),
     ({"amount": "1.00", "colour": "red"}, 400), ({"amount": "1.00", "api_refund": "yes"}, 400)],
)  # fmt: skip
def test_a_request_that_is_wrong_moves_nothing(shop: Running, body: object, status: int) -> None:
    before = shop.control("GET", "books")
    answer = ask(shop, "POST", f"/orders/{paid(shop)['id']}/refunds", body)
    assert (answer.status_code, answer.json()["data"]["status"]) == (status, status)
    assert shop.control("GET", "books") == before


def test_lists_say_how_much_there_is_and_where_it_goes_on(shop: Running) -> None:
    first = ask(shop, "GET", "/orders")
    assert (len(first.json()), first.headers["x-wp-total"], first.headers["x-wp-totalpages"]) == (10, "130", "13")
    assert 'rel="next"' in first.headers["link"]
    assert ask(shop, "GET", "/orders?per_page=101").status_code == 400
    assert len(ask(shop, "GET", "/orders?per_page=100&page=2").json()) == 30
    assert ask(shop, "GET", "/orders?page=14").json() == []


def test_what_the_stand_in_keeps_for_itself_is_not_shown(shop: Running) -> None:
    for path in ("/orders", "/refunds", "/customers"):
        for row in ask(shop, "GET", path).json():
            assert [name for name in row if name.startswith("_")] == ["_links"]


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    with serving(make_api(tmp_path / "s", SCOPE, DEFAULTS), DEFAULTS) as first:
        made = ask(first, "POST", f"/orders/{paid(first)['id']}/refunds", {"amount": "1.10"}).json()
        before = first.control("GET", "books")
    with serving(make_api(tmp_path / "s", Scope(seed=99), DEFAULTS), DEFAULTS) as second:
        assert second.control("GET", "books") == before
        assert ask(second, "GET", f"/refunds?include={made['id']}").json() == [made]
        again = ask(second, "POST", f"/orders/{paid(second)['id']}/refunds", {"amount": "1.10"}).json()
        assert again["id"] == made["id"] + 1


def test_a_refund_is_told_by_the_order_that_changed_and_again_until_it_is_taken(shop: Running) -> None:
    order = paid(shop)
    with Listener(refuse=1) as heard:
        shop.control("PUT", "webhooks", {"url": heard.url})
        ask(shop, "POST", f"/orders/{order['id']}/refunds", {"amount": "2.00"})
        heard.wait_for(2)
        shop.control("PUT", "webhooks", {"url": None})
    (first, headers), (second, _) = heard.got[:2]
    assert first == second
    assert b'"total":"-2.00"' in first
    assert headers["x-wc-webhook-topic"] == "order.updated"
    assert headers["x-wc-webhook-signature"]
