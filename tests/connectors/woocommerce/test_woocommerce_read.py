"""Reading: nothing is lost though orders come and go between two pages, and answers that no shop would give."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest

from connectors.actions import Refund
from connectors.errors import NotAuthorised, RateLimited, RequestInvalid, Unavailable, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess, Page
from connectors.gateways.woocommerce.act import WooCommerceActor
from connectors.gateways.woocommerce.harvest import harvest
from connectors.gateways.woocommerce.read import MOST_MOVES, PAGE_SIZE, WooCommerceReader
from connectors.gateways.woocommerce.resources import RESOURCES
from connectors.gateways.woocommerce.wire import Wire
from connectors.http import TRIES, Truncated
from connectors.money import Money
from sandbox.standin.running import Running
from tests.connectors.scripted import Reply, scripted
from tests.connectors.woocommerce.conftest import Till


def rows(pages: Iterable[Page]) -> list[dict[str, Any]]:
    return [row for page in pages for row in orjson.loads(page.body)["data"]]


def ids(pages: Iterable[Page]) -> list[int]:
    return [row["id"] for row in rows(pages)]


def quick(url: str, waited: list[float] | None = None) -> WooCommerceReader:
    access = AccountAccess("woocommerce/shop", url, "ck_1:cs_1")
    return WooCommerceReader(access, wire=Wire(access, sleep=([] if waited is None else waited).append))


@pytest.mark.parametrize("resource", [resource.name for resource in RESOURCES])
def test_every_object_is_read_and_counted_once(
    reader: WooCommerceReader, shop: Running, resource: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.gateways.woocommerce.read.PAGE_SIZE", 7)
    kind = {"taxes": "tax"}.get(resource, resource[:-1])
    wanted = sorted(int(one) for one in shop.app.store.of(kind))
    pages = list(reader.pages(resource))
    assert sorted(set(ids(pages))) == wanted
    assert sum(page.rows for page in pages) == len(wanted)
    assert [page.cursor is None for page in pages] == [False] * (len(pages) - 1) + [True]
    for page in pages[:-1:5]:
        rest = list(reader.pages(resource, cursor=page.cursor))
        assert set(ids(pages[: pages.index(page) + 1])) | set(ids(rest)) == set(wanted)


def test_an_order_that_is_taken_away_between_two_pages_hides_no_other(
    reader: WooCommerceReader, shop: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.gateways.woocommerce.read.PAGE_SIZE", 10)
    orders = shop.app.store.of("order")
    taken: dict[str, dict[str, Any]] = {}
    found: list[int] = []
    for number, page in enumerate(reader.pages("orders")):
        found += [row["id"] for row in orjson.loads(page.body)["data"]]
        if number in (1, 4):
            for wanted in sorted(orders, key=int)[3 + number : 5 + number]:
                taken[wanted] = orders.pop(wanted)
    missing = {int(wanted) for wanted in orders} - set(found)
    orders.update(taken)
    assert len(taken) == 4
    assert missing == set()


def test_a_list_that_never_stands_still_is_noticed() -> None:
    body = orjson.dumps([{"id": number} for number in range(PAGE_SIZE)])
    with scripted(Reply(body, headers={"X-WP-Total": "900"})) as server, pytest.raises(UnexpectedShape, match="faster"):
        list(quick(server.url).pages("orders"))
    assert len(server.asked) <= 2 * (MOST_MOVES + 2)


def test_since_gives_what_changed_after_it(
    reader: WooCommerceReader, till: Till, access: AccountAccess, shop: Running
) -> None:
    since = datetime.now(UTC) - timedelta(seconds=2)
    assert ids(reader.pages("products", since=since)) == []
    charge, actor = till.take(), WooCommerceActor(access)
    done = actor.perform(
        Refund(
            account="woocommerce/shop",
            object_id=charge,
            amount=Money(100, "EUR"),
            reason_code="x",
            request_id=f"req_{uuid4().hex}",
        ),
        idempotency_key="x",
    )
    actor.close()
    assert int(charge) in ids(reader.pages("orders", since=since))
    assert int(str(done.gateway_reference)) in ids(reader.pages("refunds", since=since))
    assert len(ids(reader.pages("orders", since=since))) < 40
    assert len(ids(reader.pages("taxes", since=since))) == len(shop.app.store.of("tax"))
    assert list(reader.changed(since)) == []


def test_of_customers_those_who_came_since_are_read(
    reader: WooCommerceReader, shop: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.gateways.woocommerce.read.PAGE_SIZE", 5)
    came = sorted((one["date_created_gmt"], one["id"]) for one in shop.app.store.of("customer").values())
    since = datetime.fromisoformat(came[-7][0]).replace(tzinfo=UTC)
    found = set(ids(reader.pages("customers", since=since)))
    assert {wanted for _, wanted in came[-7:]} <= found
    assert len(found) < len(came)


def test_one_refund_is_found_among_all(reader: WooCommerceReader, shop: Running) -> None:
    wanted = next(iter(shop.app.store.of("refund")))
    page = reader.fetch("refunds", wanted)
    assert page is not None
    assert ids([page]) == [int(wanted)]
    assert reader.fetch("refunds", "999999") is None


def test_objects_are_told_by_their_link_to_themselves() -> None:
    link = "https://shop.example/wp-json/wc/v3"
    order = {"id": 5, "_links": {"self": [{"href": f"{link}/orders/5"}]}}
    refund = {"id": 6, "_links": {"self": [{"href": f"{link}/orders/5/refunds/6"}]}}
    assert [name for name, _ in harvest(orjson.dumps([order, refund]))] == ["orders", "refunds"]
    assert [name for name, _ in harvest(orjson.dumps(order))] == ["orders"]
    for odd in ({"id": 5}, {"id": "5"}, {"id": 7, "_links": order["_links"]}, {"id": 5, "_links": {"self": ["x"]}}):
        assert list(harvest(orjson.dumps(odd))) == []


@pytest.mark.parametrize("object_id", ["", "..", "1/refunds", "x", "1?y"])
def test_an_id_that_is_none_is_nobodys(reader: WooCommerceReader, object_id: str) -> None:
    assert reader.fetch("orders", object_id) is None


def test_an_unknown_resource_is_unsupported(reader: WooCommerceReader) -> None:
    for ask in (lambda: reader.pages("wallets"), lambda: reader.fetch("wallets", "1")):
        with pytest.raises(Unsupported, match="orders"):
            ask()


@pytest.mark.parametrize("cursor", ["x", "1", "-1:5", "1:2:3", "1:x", "/orders?page=2"])
def test_a_cursor_that_is_none_is_refused(reader: WooCommerceReader, cursor: str) -> None:
    with pytest.raises(RequestInvalid):
        reader.pages("orders", cursor=cursor)


@pytest.mark.parametrize(
    ("reply", "kind", "tries"),
    [
        (Reply(b"<html>hello</html>"), UnexpectedShape, 1),
        (Reply(b"<br />Notice: x in y on line 1 []"), UnexpectedShape, 1),
        (Reply(b'[{"id": 1}'), Truncated, TRIES),
        (Reply(b"{}"), UnexpectedShape, 1),
        (Reply(b'["x"]'), UnexpectedShape, 1),
        (Reply(b"", 301, {"Location": "https://shop.example/"}), UnexpectedShape, 1),
        (Reply(b'{"code": "rest_no_route", "message": "No."}', 404), UnexpectedShape, 1),
        (Reply(b'{"code": "woocommerce_rest_cannot_view", "message": "No."}', 401), NotAuthorised, 1),
        (Reply(b"<html>Briefly unavailable</html>", 503), Unavailable, TRIES),
        (Reply(b"slow down", 429, {"Retry-After": "3"}), RateLimited, TRIES),
        (Reply(b"[]", 200, {}, 500), Unavailable, TRIES),
    ],
)
def test_each_trouble_has_its_name_and_only_passing_ones_are_repeated(reply: Reply, kind: type, tries: int) -> None:
    waited: list[float] = []
    with scripted(reply) as server, pytest.raises(kind):
        list(quick(server.url, waited).pages("orders"))
    assert (len(server.asked), len(waited)) == (tries, tries - 1)
    assert reply.status != 429 or set(waited) == {3.0}


def test_a_shop_whose_host_drops_the_totals_is_read_to_its_end() -> None:
    whole = orjson.dumps([{"id": number} for number in range(1, PAGE_SIZE + 1)])
    last = orjson.dumps([{"id": PAGE_SIZE}, {"id": PAGE_SIZE + 1}])
    with scripted(Reply(whole), Reply(last)) as server:
        assert set(ids(quick(server.url).pages("orders"))) == set(range(1, PAGE_SIZE + 2))
    assert f"offset={PAGE_SIZE - 1}" in server.asked[1]


def test_an_empty_shop_has_one_empty_page() -> None:
    with scripted(Reply(b"[]", headers={"X-WP-Total": "0"})) as server:
        (page,) = quick(server.url).pages("orders")
    assert (page.rows, page.cursor, page.body) == (0, None, b'{"object":"list","resource":"orders","data":[]}')
