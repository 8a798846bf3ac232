"""The stand-in of PayPal: no cent twice, what was answered is kept, and it says no with PayPal's own words."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from connectors.gateway import Delivery
from connectors.gateways.paypal import GATEWAY
from sandbox.paypal.money import counted, money
from sandbox.paypal.running import Running, running
from sandbox.paypal.seed.world import grow
from sandbox.paypal.store import KINDS
from tests.sandbox.paypal.calling import amount, get, issue, refund, refundable, token
from tests.sandbox.paypal.conftest import SCOPE


def given_back(pay: Running, capture: str) -> int:
    return int(pay.control("GET", "books")["charges"][capture]["refunded"])


def test_the_same_seed_grows_the_same_account() -> None:
    first, second = (
        [(entry.kind, entry.wanted, entry.at, entry.shown, entry.hidden) for entry in grow(SCOPE).entries]
        for _ in range(2)
    )
    assert first == second
    assert {kind for kind, *_ in first} == set(KINDS)


def test_no_id_is_given_twice() -> None:
    named = [(entry.kind, entry.wanted) for entry in grow(SCOPE).entries]
    assert len(named) == len(set(named))


def test_an_empty_refund_gives_back_what_is_left_and_then_nothing(fresh: Running) -> None:
    capture = refundable(fresh)
    whole = counted(capture.shown["amount"])
    assert refund(fresh, capture.wanted, amount("1.00")).status_code == 201
    last = refund(fresh, capture.wanted)
    assert last.json()["amount"] == money(whole - 100, "EUR")
    assert last.json()["seller_payable_breakdown"]["total_refunded_amount"] == money(whole, "EUR")
    assert issue(refund(fresh, capture.wanted)) == "CAPTURE_FULLY_REFUNDED"
    assert given_back(fresh, capture.wanted) == whole
    assert get(fresh, f"/v2/payments/captures/{capture.wanted}").json()["status"] == "REFUNDED"


def test_more_than_is_left_is_refused_and_moves_nothing(fresh: Running) -> None:
    capture = refundable(fresh)
    over = money(counted(capture.shown["amount"]) + 1, "EUR")
    answer = refund(fresh, capture.wanted, {"amount": over})
    assert (answer.status_code, issue(answer)) == (422, "REFUND_AMOUNT_EXCEEDED")
    assert given_back(fresh, capture.wanted) == 0


@pytest.mark.parametrize(
    ("currency", "sent", "wanted"),
    [
        ("EUR", amount("0.00"), "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ("EUR", amount("-1.00"), "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ("EUR", amount("1.005"), "DECIMAL_PRECISION"),
        ("EUR", amount("x"), "INVALID_PARAMETER_SYNTAX"),
        ("EUR", amount("1.00", "USD"), "REFUND_CAPTURE_CURRENCY_MISMATCH"),
        ("HUF", amount("100.50", "HUF"), "DECIMALS_NOT_SUPPORTED"),
        ("JPY", amount("100.0", "JPY"), "DECIMALS_NOT_SUPPORTED"),
        ("EUR", {"amount": {"value": "1.00"}}, "MISSING_REQUIRED_PARAMETER"),
        ("EUR", {**amount("1.00"), "custom_id": "x" * 128}, "INVALID_STRING_LENGTH"),
    ],
)
def test_a_refund_that_is_no_refund_is_refused(
    account: Running, currency: str, sent: dict[str, str], wanted: str
) -> None:
    capture = refundable(account, currency)
    assert issue(refund(account, capture.wanted, sent)) == wanted
    assert given_back(account, capture.wanted) == 0


def test_a_key_answers_its_first_refund_and_without_one_there_are_two(fresh: Running) -> None:
    capture = refundable(fresh).wanted
    first, again = (refund(fresh, capture, amount("1.00"), key="one") for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert given_back(fresh, capture) == 100
    refund(fresh, capture, amount("1.00"))
    refund(fresh, capture, amount("1.00"))
    assert given_back(fresh, capture) == 300
    fresh.control("POST", "idempotency/expire", {"key": "one"})
    assert refund(fresh, capture, amount("1.00"), key="one").json()["id"] != first.json()["id"]


def test_what_was_answered_survives_a_restart(tmp_path: Path) -> None:
    with running(tmp_path, SCOPE) as pay:
        capture = refundable(pay).wanted
        made = refund(pay, capture, amount("1.00"), key="one").json()["id"]
    with running(tmp_path, SCOPE) as pay:
        assert given_back(pay, capture) == 100
        assert refund(pay, capture, amount("1.00"), key="one").json()["id"] == made
        rows = [entry for entry in pay.app.store.all("transaction") if entry.wanted.startswith(made)]
        assert [row.hidden["signed"] for row in rows] == [-100]


def test_half_a_request_refunds_nothing(fresh: Running) -> None:
    capture = refundable(fresh).wanted
    head = (
        f"POST /v2/payments/captures/{capture}/refund HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token(fresh)}\r\n"
        "Content-Type: application/json\r\nContent-Length: 60\r\n\r\n"
    )
    host, port = fresh.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as half:
        half.sendall(head.encode() + b'{"amount"')
    assert get(fresh, f"/v2/payments/captures/{capture}").json()["status"] == "COMPLETED"
    assert given_back(fresh, capture) == 0


def test_a_hold_is_captured_once_and_shows_in_its_order_and_the_ledger(fresh: Running) -> None:
    store = fresh.app.store
    held = next(entry for entry in store.all("authorization") if entry.shown["status"] == "CREATED")
    headers = {"Authorization": f"Bearer {token(fresh)}", "Prefer": "return=representation", "PayPal-Request-Id": "c"}
    path = f"{fresh.url}/v2/payments/authorizations/{held.wanted}"
    taken = [httpx.post(f"{path}/capture", json={}, headers=headers).json() for _ in range(2)]
    assert taken[0]["id"] == taken[1]["id"]
    assert taken[0]["amount"] == held.shown["amount"]
    order = get(fresh, f"/v2/checkout/orders/{held.hidden['order']}").json()
    assert [one["id"] for one in order["purchase_units"][0]["payments"]["captures"]] == [taken[0]["id"]]
    assert issue(httpx.post(f"{path}/void", headers=headers)) == "PREVIOUSLY_CAPTURED"
    assert store.get("transaction", f"{taken[0]['id']}:T0006:Y") is not None


def test_a_hold_that_was_let_go_is_not_captured(fresh: Running) -> None:
    held = next(entry for entry in fresh.app.store.all("authorization") if entry.shown["status"] == "CREATED")
    headers = {"Authorization": f"Bearer {token(fresh)}"}
    path = f"{fresh.url}/v2/payments/authorizations/{held.wanted}"
    assert httpx.post(f"{path}/void", headers=headers).status_code == 204
    assert issue(httpx.post(f"{path}/capture", json={}, headers=headers)) == "AUTHORIZATION_VOIDED"


def test_a_token_is_needed_and_may_do_only_what_its_app_may(account: Running) -> None:
    path = f"{account.url}/v1/reporting/transactions"
    assert httpx.get(path).status_code == 401
    assert httpx.get(path, headers={"Authorization": "Bearer rubbish"}).status_code == 401
    wrong = httpx.post(f"{account.url}/v1/oauth2/token", data={"grant_type": "client_credentials"}, auth=("a", "b"))
    assert wrong.status_code == 401
    headers = {"Authorization": f"Bearer {token(account, 'sandbox-reader')}"}
    capture = refundable(account).wanted
    refused = httpx.post(f"{account.url}/v2/payments/captures/{capture}/refund", json={}, headers=headers)
    assert (refused.status_code, issue(refused)) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-02-02T00:00:00Z"}, "SPAN_TOO_LONG"),
        ({"start_date": "2030-01-01T00:00:00Z", "end_date": "2030-01-02T00:00:00Z"}, "NO_DATA_YET"),
        ({"start_date": "2026-01-01T00:00:00Z"}, "MISSING_REQUIRED_PARAMETER"),
        ({"start_date": "yesterday", "end_date": "2026-02-02T00:00:00Z"}, "INVALID_PARAMETER_SYNTAX"),
        (
            {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-01-02T00:00:00Z", "page_size": "501"},
            "INVALID_PARAMETER_SYNTAX",
        ),
    ],
)
def test_a_search_that_paypal_refuses_is_refused(account: Running, params: dict[str, str], wanted: str) -> None:
    answer = get(account, "/v1/reporting/transactions", **params)
    assert (answer.status_code, issue(answer)) == (400, wanted)


def test_events_are_delivered_with_a_signature_that_our_side_believes(fresh: Running) -> None:
    got: list[Delivery] = []
    arrived = threading.Event()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(Delivery(body, {name.lower(): value for name, value in self.headers.items()}, fresh.url))
            self.send_response(200)
            self.end_headers()
            arrived.set()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    fresh.control("PUT", "webhooks", {"url": f"http://127.0.0.1:{server.server_address[1]}"})
    made = refund(fresh, refundable(fresh).wanted, amount("1.00")).json()["id"]
    assert arrived.wait(10)
    server.shutdown()
    assert GATEWAY.verified(got[0], ("WH-SANDBOX",), datetime.now(UTC))[1:] == ("refunds", made)
