"""Answers that no Stripe would give: what is waited for, what is said at once, and what never hangs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pytest

from connectors import http
from connectors.errors import (
    GatewayError,
    NotAuthorised,
    RateLimited,
    Unavailable,
    UnexpectedShape,
)
from connectors.gateway import AccountAccess
from connectors.gateways.stripe.read import StripeReader, one_line
from connectors.gateways.stripe.wire import Wire
from connectors.http import LONGEST_PAUSE_S, TRIES
from tests.connectors.scenes import PATIENT_S
from tests.connectors.scripted import Reply, Script, scripted


@contextmanager
def told(*replies: Reply) -> Iterator[tuple[StripeReader, Script, list[float]]]:
    waited: list[float] = []
    with scripted(*replies) as script:
        access = AccountAccess("stripe/eu", script.url, "sk_test_private")
        reader = StripeReader(access, wire=Wire(access, timeout_s=PATIENT_S, sleep=waited.append))
        yield reader, script, waited
        reader.close()


def answer(ids: list[str], more: bool) -> Reply:
    return Reply(json.dumps({"object": "list", "data": [{"id": each} for each in ids], "has_more": more}).encode())


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(b"", 429, {"Retry-After": "3600"}), RateLimited),
        (Reply(b"{}", 503), Unavailable),
        (Reply(b'{"object": "list", "da', claimed=5000), Unavailable),
        (Reply(b'{"object": "list", "da'), Unavailable),
    ],
)
def test_a_lasting_trouble_ends_the_waiting(reply: Reply, kind: type[GatewayError]) -> None:
    with told(reply) as (reader, script, waited):
        with pytest.raises(kind):
            list(reader.pages("charges"))
        assert len(script.asked) == TRIES
        assert max(waited) <= LONGEST_PAUSE_S


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(b"<!doctype html><p>Sign in", 200, {"Content-Type": "text/html"}), UnexpectedShape),
        (Reply(b"<h1>Forbidden</h1>", 403), UnexpectedShape),
        (Reply(b"", 302, {"Location": "http://127.0.0.1:1/"}), UnexpectedShape),
        (Reply(b"[]"), UnexpectedShape),
        (Reply(b"null"), UnexpectedShape),
        (Reply(b'{"data": {}, "has_more": false}'), UnexpectedShape),
        (Reply(b'{"data": [], "has_more": "no"}'), UnexpectedShape),
        (Reply(b'{"data": [1], "has_more": false}'), UnexpectedShape),
        (Reply(b'{"data": [{"id": 5}], "has_more": true}'), UnexpectedShape),
        (Reply(b'{"error": {"message": "Invalid API Key provided: sk_test_private"}}', 401), NotAuthorised),
    ],
)
def test_what_waiting_does_not_mend_is_said_at_once(reply: Reply, kind: type[GatewayError]) -> None:
    with told(reply) as (reader, script, waited):
        with pytest.raises(kind) as raised:
            list(reader.pages("charges"))
        assert (len(script.asked), waited) == (1, [])
        assert "private" not in str(raised.value) + repr(raised.value.__cause__)


@pytest.mark.parametrize(
    "replies", [[answer(["a"], True)], [answer([], True)], [answer(["a"], True), answer([], True)]]
)
def test_a_list_that_never_ends_is_noticed(replies: list[Reply]) -> None:
    with told(*replies) as (reader, script, _):
        with pytest.raises(UnexpectedShape, match="never ends"):
            list(reader.pages("charges"))
        assert len(script.asked) <= 2


def test_a_body_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 100_000)
    with told(Reply(b"[" + b"1," * 1_000_000)) as (reader, _, _), pytest.raises(UnexpectedShape, match="larger"):
        list(reader.pages("charges"))


def test_lines_beyond_the_first_ones_of_an_invoice_are_read_too() -> None:
    inner = {"data": [{"id": "il_1"}], "has_more": True, "url": "/v1/invoices/in_1/lines"}
    first = {"data": [{"id": "in_1", "lines": inner}, {"id": "in_2", "lines": {"data": [], "has_more": False}}]}
    replies = (
        Reply(json.dumps({**first, "has_more": False}).encode()),
        answer(["il_2"], True),
        answer(["il_3"], False),
    )
    with told(*replies) as (reader, script, _):
        (page,) = reader.pages("invoices")
        lines = orjson.loads(page.body)["data"][0]["lines"]
        assert [line["id"] for line in lines["data"]] == ["il_1", "il_2", "il_3"]
        assert lines["has_more"] is False
        assert script.asked[1:] == [
            "/v1/invoices/in_1/lines?limit=100&starting_after=il_1",
            "/v1/invoices/in_1/lines?limit=100&starting_after=il_2",
        ]


def test_a_list_inside_an_object_leads_nowhere_but_to_stripe() -> None:
    inner = {"data": [{"id": "il_1"}], "has_more": True, "url": "http://elsewhere.example/v1/lines"}
    body = json.dumps({"data": [{"id": "in_1", "lines": inner}], "has_more": False}).encode()
    with told(Reply(body)) as (reader, _, _), pytest.raises(UnexpectedShape, match="not Stripe's API"):
        list(reader.pages("invoices"))


def test_line_breaks_between_tokens_become_spaces_and_texts_keep_theirs() -> None:
    pretty = json.dumps({"data": [{"id": "a", "text": "one\ntwo\r\n\u2028three"}]}, indent=2).encode() + b"\r\n"
    flat = one_line(pretty)
    assert b"\n" not in flat
    assert b"\r" not in flat
    assert orjson.loads(flat) == orjson.loads(pretty)


@pytest.mark.parametrize(
    "key", ["", "sk_live_private\n", "sk_live_private\r\nX: y", "sk live_private", "sk_live_privaté"]
)
def test_a_key_that_cannot_be_a_key_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(NotAuthorised) as raised:
        StripeReader(AccountAccess("stripe/eu", "http://127.0.0.1:1", key))
    assert "private" not in str(raised.value)
