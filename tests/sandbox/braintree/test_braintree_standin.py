"""The stand-in by itself: request keys, failures, restart, webhooks, and the seeded year."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import braintree
import httpx
import pytest
import requests

from sandbox.braintree.bulk import bulk_store
from sandbox.braintree.running import Running, running, serving
from sandbox.braintree.seed.world import grow
from sandbox.braintree.settings import Settings
from tests.connectors.braintree.choosing import book, refundable, transactions
from tests.sandbox.braintree.conftest import SCOPE, sdk
from tests.sandbox.braintree.test_braintree_sdk import code

DEADLINE_S = 10.0


def keyed(amount: str = "1.00", key: str = "k") -> dict[str, str]:
    return {"amount": amount, "api_request_key": key}


def test_the_same_key_and_request_is_the_same_refund(
    fresh_braintree: Running, gateway: braintree.BraintreeGateway
) -> None:
    sale = refundable(fresh_braintree)
    first = gateway.transaction.refund(sale["id"], keyed()).transaction
    fresh_braintree.control("POST", "settle", {"transaction": first.id})
    again = gateway.transaction.refund(sale["id"], keyed()).transaction
    assert (again.id, again.status) == (first.id, "settled")
    assert book(fresh_braintree, sale["id"])["refunded"] == 100
    assert [entry["is_replay"] for entry in fresh_braintree.control("GET", "log")["log"]] == [False, True]


def test_the_same_key_for_another_request_is_refused(
    fresh_braintree: Running, gateway: braintree.BraintreeGateway
) -> None:
    sale = refundable(fresh_braintree)
    gateway.transaction.refund(sale["id"], keyed())
    assert code(gateway.transaction.refund(sale["id"], keyed("2.00"))) == "915232"
    assert code(gateway.transaction.void(sale["id"], {"api_request_key": "k"})) == "915232"
    assert code(gateway.transaction.refund(sale["id"], keyed(key="k" * 256))) == "915230"
    assert book(fresh_braintree, sale["id"])["refunded"] == 100


def test_a_refusal_uses_no_key_up(fresh_braintree: Running, gateway: braintree.BraintreeGateway) -> None:
    sale = refundable(fresh_braintree)
    assert code(gateway.transaction.refund(sale["id"], keyed("100000.00"))) == "91521"
    assert gateway.transaction.refund(sale["id"], keyed("1.00")).is_success


def test_a_key_in_use_is_in_flight(fresh_braintree: Running) -> None:
    sale = refundable(fresh_braintree)
    fresh_braintree.fault("slow", path="*/refund", seconds=1.0)
    results: list[Any] = []
    threads = [
        threading.Thread(target=lambda: results.append(sdk(fresh_braintree).transaction.refund(sale["id"], keyed())))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.is_success for result in results) == [False, False, True]
    assert {code(result) for result in results if not result.is_success} == {"915233"}
    assert book(fresh_braintree, sale["id"])["refunded"] == 100


def test_an_expired_key_runs_the_request_again(fresh_braintree: Running, gateway: braintree.BraintreeGateway) -> None:
    sale = refundable(fresh_braintree)
    gateway.transaction.refund(sale["id"], keyed())
    assert fresh_braintree.control("POST", "keys/expire", {"key": "k"}) == {"expired": 1}
    gateway.transaction.refund(sale["id"], keyed())
    assert book(fresh_braintree, sale["id"])["refunded"] == 200


@pytest.mark.parametrize(("kind", "moved"), [("drop_before", 0), ("drop_after", 100), ("error_after", 100)])
def test_a_lost_answer_before_or_after_the_effect(
    fresh_braintree: Running, gateway: braintree.BraintreeGateway, kind: str, moved: int
) -> None:
    sale = refundable(fresh_braintree)
    fresh_braintree.fault(kind, path="*/refund")
    with pytest.raises((requests.exceptions.ConnectionError, braintree.exceptions.server_error.ServerError)):
        gateway.transaction.refund(sale["id"], keyed())
    assert book(fresh_braintree, sale["id"])["refunded"] == moved
    assert gateway.transaction.refund(sale["id"], keyed()).is_success
    assert book(fresh_braintree, sale["id"])["refunded"] == 100


def test_the_control_api_needs_its_token(fresh_braintree: Running) -> None:
    assert httpx.get(f"{fresh_braintree.url}/_sandbox/books").status_code == 401


def test_a_restart_keeps_refunds_keys_and_log(tmp_path: Path) -> None:
    with running(tmp_path, SCOPE) as sandbox:
        sale = refundable(sandbox)["id"]
        first = sdk(sandbox).transaction.refund(sale, keyed()).transaction.id
        books = sandbox.control("GET", "books")
    with running(tmp_path, replace(SCOPE, seed=8)) as sandbox:
        assert sandbox.control("GET", "books") == books
        assert sdk(sandbox).transaction.refund(sale, keyed()).transaction.id == first
        assert [entry["is_replay"] for entry in sandbox.control("GET", "log")["log"]] == [False, True]


class Taker(BaseHTTPRequestHandler):
    taken: ClassVar[list[dict[str, str]]] = []
    statuses: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.taken.append({name: values[0] for name, values in parse_qs(body).items()})
        self.send_response(self.statuses.pop(0) if self.statuses else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the screen."""


@contextmanager
def taking(*statuses: int) -> Iterator[str]:
    Taker.taken, Taker.statuses = [], list(statuses)
    server = HTTPServer(("127.0.0.1", 0), Taker)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_webhooks_are_signed_so_that_the_sdk_believes_them_and_come_again_when_refused(
    fresh_braintree: Running, gateway: braintree.BraintreeGateway
) -> None:
    live = next(
        each["id"] for each in fresh_braintree.app.store.objects["subscription"].values() if each["status"] == "Active"
    )
    with taking(500) as url:
        fresh_braintree.control("PUT", "webhooks", {"url": url})
        gateway.subscription.cancel(live)
        deadline = time.monotonic() + DEADLINE_S
        while len(Taker.taken) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(Taker.taken) == 2
        for fields in Taker.taken:
            found = gateway.webhook_notification.parse(fields["bt_signature"], fields["bt_payload"])
            assert (found.kind, found.subscription.id) == ("subscription_canceled", live)


def test_what_was_submitted_settles_by_itself_where_that_is_wanted() -> None:
    with running(None, SCOPE, Settings(settle_after=0.0)) as sandbox:
        sale = refundable(sandbox)
        made = sdk(sandbox).transaction.refund(sale["id"], keyed()).transaction.id
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline and sdk(sandbox).transaction.find(made).status != "settled":
            time.sleep(0.05)
        assert sdk(sandbox).transaction.find(made).status == "settled"


def test_two_seeds_that_are_equal_give_the_same_year() -> None:
    assert grow(SCOPE) == grow(SCOPE)
    assert grow(replace(SCOPE, seed=8)) != grow(SCOPE)


def test_the_full_year_has_every_state_and_currency() -> None:
    rows = grow(replace(SCOPE, scale="full"))
    made = [obj for kind, obj in rows if kind == "transaction"]
    assert 2_000 <= len(made) <= 3_500
    assert len({obj["id"] for _, obj in rows}) == len(rows)
    assert {obj["status"] for obj in made if obj["type"] == "sale"} == {
        "settled", "submitted_for_settlement", "authorized", "authorization_expired", "voided", "processor_declined",
        "gateway_rejected", "settlement_declined",
    }  # fmt: skip
    assert {obj["currency_iso_code"] for obj in made} == {"EUR", "USD", "GBP", "JPY", "KWD"}
    assert {"settled", "failed"} <= {obj["status"] for obj in made if obj["type"] == "credit"}
    span = sorted(obj["created_at"] for obj in made)
    assert span[0] < "2025-12-15" and "2026-11-22" <= span[-1] < "2026-11-23"


def test_refunds_never_exceed_their_sale(shown_braintree: Running) -> None:
    books = shown_braintree.control("GET", "books")["charges"]
    assert any(0 < each["refunded"] < each["captured"] for each in books.values())
    assert all(each["refunded"] <= each["captured"] for each in books.values())
    given_back = {made["refunded_transaction_id"] for made in transactions(shown_braintree, "credit")}
    assert given_back == {wanted for wanted, each in books.items() if each["refunds"]}


def test_many_sales_are_served_from_memory() -> None:
    with serving(bulk_store(120), Settings()) as sandbox:
        found = sdk(sandbox).transaction.search(braintree.TransactionSearch.type == "sale")
        assert len({made.id for made in found}) == 120
