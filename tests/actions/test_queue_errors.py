"""The queue against a server that is busy, wrong, or not there; and whose spelling is whose."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from counterfoil.action_runs import action_run
from counterfoil.people import agent_tag, is_same_person
from counterfoil.prefect_api import CallRefused, PrefectApi, QueueUnavailable
from counterfoil.queue import Queue
from tests.actions.stand import free_port


@contextmanager
def server(*statuses: int) -> Iterator[str]:
    """Answers with these statuses, one after the other; the last one for ever."""
    left = list(statuses)

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status = left.pop(0) if len(left) > 1 else left[0]
            body = b'{"detail": "database is locked"}' if status >= 400 else b"[]"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{made.server_port}/api"
    finally:
        made.shutdown()
        made.server_close()


def test_a_locked_database_is_asked_again_until_it_answers() -> None:
    with server(503, 503, 500, 429, 200) as url:
        assert PrefectApi(url).post("flow_runs/filter", {}).status == 200


def test_a_server_that_stays_busy_is_said_to_be_so() -> None:
    with server(503) as url, pytest.raises(QueueUnavailable, match="503"):
        PrefectApi(url, patience_s=0.3).post("flow_runs/filter", {})


def test_a_wrong_call_is_not_repeated() -> None:
    with server(422, 200) as url, pytest.raises(CallRefused):
        PrefectApi(url).post("flow_runs/filter", {})


def test_no_server_at_all_is_said_to_be_so() -> None:
    queue = Queue(f"http://127.0.0.1:{free_port()}/api", patience_s=0.2)
    with pytest.raises(QueueUnavailable, match="ConnectError"):
        queue.runs()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna@example.com", "ANNA@Example.COM"),
        ("anna@example.com", " anna+lead@example.com "),
        ("anna@example.com", "anna@example.com."),
        ("a.nna@gmail.com", "anna@googlemail.com"),
        ("anna", "ＡＮＮＡ"),
        ("straße", "STRASSE"),
    ],
)
def test_one_person_has_one_spelling(one: str, other: str) -> None:
    assert is_same_person(one, other)
    assert agent_tag(one) == agent_tag(other)


def test_two_people_stay_two() -> None:
    assert not is_same_person("anna@example.com", "anna@example.org")
    assert not is_same_person("a.nna@example.com", "anna@example.com")


@pytest.mark.parametrize(
    "parameters", [None, {}, {"request": None}, {"request": []}, {"request": {"amount_minor": "x"}}]
)
def test_a_run_made_by_a_stranger_can_still_be_shown(parameters: object) -> None:
    raw = {"id": "1", "created": "2026-11-23T00:00:00Z", "parameters": parameters, "state": None, "labels": None}
    run = action_run(raw)
    assert (run.amount_minor, run.request_id) == (None, "")
