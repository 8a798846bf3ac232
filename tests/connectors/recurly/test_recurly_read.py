"""Reading: what changed and nothing else, nothing lost, and answers that no Recurly would give."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from connectors.actions import Refund
from connectors.errors import NotAuthorised, RateLimited, RequestInvalid, Unavailable, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess, Page
from connectors.gateways.recurly.act import RecurlyActor
from connectors.gateways.recurly.errors import FAILURES
from connectors.gateways.recurly.harvest import harvest
from connectors.gateways.recurly.read import RecurlyReader
from connectors.gateways.recurly.resources import RESOURCES
from connectors.gateways.recurly.wire import ACCEPT, LEFT_FOR_ACTIONS, Wire
from connectors.http import TRIES, Truncated
from connectors.money import Money
from sandbox.standin.running import Running
from tests.connectors.recurly.conftest import Till
from tests.connectors.scripted import Reply, scripted

LIST = b'{"object": "list", "has_more": false, "data": []}'


def rows(pages: Iterable[Page]) -> list[dict[str, Any]]:
    return [row for page in pages for row in orjson.loads(page.body)["data"]]


def quick(url: str, waited: list[float] | None = None) -> RecurlyReader:
    access = AccountAccess("recurly/main", url, "key")
    return RecurlyReader(access, wire=Wire(access, sleep=([] if waited is None else waited).append))


@pytest.mark.parametrize("resource", [resource.name for resource in RESOURCES])
def test_every_object_is_read_once_in_the_order_of_its_changes(
    reader: RecurlyReader, resource: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.gateways.recurly.read.PAGE_SIZE", 7)
    found = rows(reader.pages(resource))
    assert len({row["id"] for row in found}) == len(found) > 0
    assert [row["updated_at"] for row in found] == sorted(row["updated_at"] for row in found)


def test_since_gives_what_changed_after_it(reader: RecurlyReader, till: Till, access: AccountAccess) -> None:
    since = datetime.now(UTC) - timedelta(seconds=1)
    before = {row["id"] for row in rows(reader.pages("transactions", since=since))}
    charge, actor = till.take(), RecurlyActor(access)
    actor.perform(
        Refund(
            account="recurly/main",
            object_id=charge,
            amount=Money(100, "EUR"),
            reason_code="x",
            request_id=f"req_{uuid4().hex}",
        ),
        idempotency_key="x",
    )
    actor.close()
    found = {row["id"]: row for row in rows(reader.pages("transactions", since=since)) if row["id"] not in before}
    assert {row["type"] for row in found.values()} == {"purchase", "refund"}
    assert found[charge]["refunded"] is True
    assert {row["type"] for row in rows(reader.pages("invoices", since=since))} >= {"charge", "credit"}
    assert list(reader.changed(since)) == []


def test_pages_are_recurlys_bytes(reader: RecurlyReader, access: AccountAccess) -> None:
    (page, *_) = reader.pages("plans")
    asked = f"{access.api_base}/plans?limit=200&sort=updated_at&order=asc"
    raw = httpx.get(asked, headers={"Accept": ACCEPT}, auth=(access.api_key, ""))
    assert page.body == raw.content


def test_lines_that_an_invoice_does_not_show_are_read_too(reader: RecurlyReader, site: Running) -> None:
    lines = {each["id"]: sorted(each["_lines"]) for each in site.app.store.of("invoice").values()}
    found = rows(reader.pages("invoices"))
    assert {row["id"]: sorted(line["id"] for line in row["line_items"]) for row in found} == lines
    long = next(row["id"] for row in found if len(row["line_items"]) > 10)
    page = reader.fetch("invoices", long)
    assert page is not None
    assert sorted(line["id"] for line in orjson.loads(page.body)["line_items"]) == lines[long]


def test_what_is_inside_an_answer_is_harvested_and_what_is_only_named_is_not(reader: RecurlyReader) -> None:
    (page, *_) = reader.pages("invoices")
    kinds = {resource for resource, _ in harvest(page.body)}
    assert kinds == {"invoices", "transactions"}
    assert list(harvest(b'{"object": "transaction", "id": "a", "account": {"object": "account", "id": "b"}}')) == []
    custom = b'{"custom_fields": [{"object": "account", "id": "b", "created_at": "x"}]}'
    assert list(harvest(custom)) == []


@pytest.mark.parametrize("object_id", ["", "..", "a/b", "x" * 65])
def test_an_id_that_is_none_is_refused(reader: RecurlyReader, object_id: str) -> None:
    with pytest.raises(RequestInvalid):
        reader.fetch("transactions", object_id)


def test_an_unknown_resource_is_unsupported(reader: RecurlyReader) -> None:
    for ask in (lambda: reader.pages("wallets"), lambda: reader.fetch("wallets", "w1")):
        with pytest.raises(Unsupported, match="transactions"):
            ask()


@pytest.mark.parametrize("cursor", ["https://evil.example/invoices?x=1", "/sites/x/plans?cursor=1", "nonsense"])
def test_a_cursor_of_another_list_is_refused(reader: RecurlyReader, cursor: str) -> None:
    with pytest.raises(RequestInvalid):
        list(reader.pages("transactions", cursor=cursor))


def test_the_key_is_never_sent_to_the_host_of_a_next_link() -> None:
    with scripted(Reply(LIST)) as other:
        following = f"{other.url}/plans?cursor=1".encode()
        first = Reply(b'{"has_more": true, "next": "%b", "data": [{"id": "a"}]}' % following)
        with scripted(first, Reply(LIST)) as own:
            assert len(list(quick(own.url).pages("plans"))) == 2
            assert own.asked[1] == "/plans?cursor=1"
        assert other.asked == []


@pytest.mark.parametrize(
    "body",
    [b'{"has_more": true, "next": "/plans?cursor=1", "data": [{"id": "a"}]}',
     b'{"has_more": true, "next": "/plans?cursor=1", "data": []}',
     b'{"has_more": true, "data": [{"id": "a"}]}',
     b'{"has_more": true, "next": "/accounts?cursor=1", "data": [{"id": "a"}]}',
     b'{"data": []}', b'{"has_more": false, "data": {}}', b'{"has_more": false, "data": ["x"]}',
     b'{"has_more": "no", "data": []}'],
)  # fmt: skip
def test_a_list_that_never_ends_or_is_none_is_noticed(body: bytes) -> None:
    with scripted(Reply(body)) as server, pytest.raises(UnexpectedShape):
        list(quick(server.url).pages("plans"))
    assert len(server.asked) <= 3


@pytest.mark.parametrize(
    ("reply", "kind", "tries"),
    [
        (Reply(b"<html>down</html>"), UnexpectedShape, 1),
        (Reply(b'{"object": "list", "has_more'), Truncated, TRIES),
        (Reply(b"[]"), UnexpectedShape, 1),
        (Reply(b'{"error": {"type": "unauthorized", "message": "no"}}', 401), NotAuthorised, 1),
        (Reply(b"down", 503), Unavailable, TRIES),
        (Reply(b"{}", 429, {"Retry-After": "2"}), RateLimited, TRIES),
        (Reply(b"{}", 200, {}, 500), Unavailable, TRIES),
        (Reply(b"gone", 200, {"Content-Encoding": "gzip"}), Unavailable, TRIES),
    ],
)
def test_each_trouble_has_its_name_and_only_passing_ones_are_repeated(reply: Reply, kind: type, tries: int) -> None:
    waited: list[float] = []
    with scripted(reply) as server, pytest.raises(kind):
        list(quick(server.url, waited).pages("plans"))
    assert (len(server.asked), len(waited)) == (tries, tries - 1)
    assert reply.status != 429 or set(waited) == {2.0}


def test_reading_waits_before_the_limit_is_reached_and_leaves_some_of_it_to_actions() -> None:
    now = time.time()
    waited: list[float] = []
    limit = {"X-RateLimit-Limit": "2000", "X-RateLimit-Reset": str(int(now) + 40)}
    next_one = b'{"has_more": true, "next": "/plans?cursor=%d", "data": [{"id": "a"}]}'
    few = {**limit, "X-RateLimit-Remaining": str(LEFT_FOR_ACTIONS - 1)}
    enough = {**limit, "X-RateLimit-Remaining": str(LEFT_FOR_ACTIONS)}
    with scripted(Reply(next_one % 1, headers=enough), Reply(next_one % 2, headers=few), Reply(LIST)) as server:
        list(quick(server.url, waited).pages("plans"))
    assert len(waited) == 1
    assert 30 < waited[0] <= 40


@pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "schlüssel", "a:b"])
def test_a_key_that_can_be_none_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(NotAuthorised) as raised:
        RecurlyReader(AccountAccess("recurly/main", "http://127.0.0.1:1", key))
    assert not key or key not in str(raised.value)


def test_texts_lose_keys_and_card_numbers_and_their_length() -> None:
    scrub = FAILURES.scrub
    text = scrub(f"Invalid key {'0123456789abcdef' * 2} card 4111 1111 1111 1111 Basic a2V5Og== \n" + "x" * 999)
    assert "0123456789abcdef" not in text
    assert "4111" not in text
    assert "a2V5Og" not in text
    assert len(text) <= 300
