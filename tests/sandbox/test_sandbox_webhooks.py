"""Webhooks: signed so that the SDK accepts them, repeated until taken, never lost over a restart."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import stripe

from sandbox.stripe.running import running
from sandbox.stripe.settings import Settings
from tests.sandbox.calling import post, refundable
from tests.sandbox.conftest import SCOPE

SECRET = "whsec_of_the_test"


class Receiver:
    """What came in, and the statuses still to be answered with (200 after those)."""

    def __init__(self, statuses: list[int]) -> None:
        self.statuses = statuses
        self.taken: list[tuple[bytes, str]] = []
        self.refused = 0
        self.url = ""

    def take(self, body: bytes, signature: str) -> int:
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.taken.append((body, signature))
        else:
            self.refused += 1
        return status

    def names(self) -> list[str]:
        return [stripe.Webhook.construct_event(body, sig, SECRET).type for body, sig in self.taken]

    def wait_for(self, wanted: int) -> None:
        deadline = time.monotonic() + 5
        while len(self.taken) < wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.taken) >= wanted


@contextmanager
def receiving(*statuses: int) -> Iterator[Receiver]:
    receiver = Receiver(list(statuses))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.take(body, self.headers["Stripe-Signature"]))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/webhooks/stripe/eu"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def settings(url: str | None) -> Settings:
    return Settings(webhook_url=url, webhook_secret=SECRET, webhook_delays=(0.05, 0.05, 0.05))


def test_a_refund_sends_events_that_the_sdk_verifies() -> None:
    with receiving() as receiver, running(None, SCOPE, settings(receiver.url)) as sandbox:
        made = post(sandbox, "/v1/refunds", {"charge": refundable(sandbox)["id"], "amount": "5"}).json()
        receiver.wait_for(2)
        assert sorted(receiver.names()) == ["charge.refunded", "refund.created"]
        body, signature = receiver.taken[0]
        event = stripe.Webhook.construct_event(body, signature, SECRET)
        assert event.data.object["id"] in (made["id"], made["charge"])
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body + b" ", signature, SECRET)


def test_an_event_is_sent_again_until_it_is_taken() -> None:
    with receiving(500, 503, 400) as receiver, running(None, SCOPE, settings(receiver.url)) as sandbox:
        post(sandbox, "/v1/refunds", {"charge": refundable(sandbox)["id"], "amount": "5"})
        receiver.wait_for(2)
        assert receiver.refused == 3
        assert sorted(receiver.names()) == ["charge.refunded", "refund.created"]


def test_an_event_can_be_sent_twice_on_purpose() -> None:
    with receiving() as receiver, running(None, SCOPE, settings(receiver.url)) as sandbox:
        post(sandbox, "/v1/refunds", {"charge": refundable(sandbox)["id"], "amount": "5"})
        receiver.wait_for(2)
        event = sandbox.control("GET", "deliveries")["deliveries"][0]["event"]
        sandbox.control("POST", "webhooks/resend", {"event": event})
        receiver.wait_for(3)
        assert receiver.taken[2][0] in (receiver.taken[0][0], receiver.taken[1][0])


def test_an_event_that_was_not_taken_is_sent_after_a_restart(tmp_path: Path) -> None:
    with running(tmp_path, SCOPE, settings(None)) as sandbox:
        post(sandbox, "/v1/refunds", {"charge": refundable(sandbox)["id"], "amount": "5"})
    with receiving() as receiver, running(tmp_path, SCOPE, settings(receiver.url)):
        receiver.wait_for(2)
        assert sorted(receiver.names()) == ["charge.refunded", "refund.created"]


def test_a_pending_refund_settles_by_itself_after_the_set_time() -> None:
    quick = Settings(webhook_secret=SECRET, settle_after=0.0)
    with receiving() as receiver, running(None, SCOPE, quick) as sandbox:
        sandbox.control("PUT", "webhooks", {"url": receiver.url, "secret": SECRET})
        charge = refundable(sandbox, kind="sepa_debit")
        made = post(sandbox, "/v1/refunds", {"charge": charge["id"], "amount": "5"}).json()
        assert made["status"] == "pending"
        deadline = time.monotonic() + 5
        while "refund.updated" not in receiver.names() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert "refund.updated" in receiver.names()
