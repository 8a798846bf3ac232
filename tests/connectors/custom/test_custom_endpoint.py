"""What a company's endpoint may answer, in good and bad faith, and what is believed of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.actions import AddOrderNote, Refund
from connectors.errors import (
    GatewayError,
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    RateLimited,
    Refused,
    RequestInvalid,
    UnexpectedShape,
    Unsupported,
)
from connectors.gateway import AccountAccess, Delivery
from connectors.gateways.custom import GATEWAY
from connectors.gateways.custom.act import CustomActor
from connectors.gateways.custom.errors import CODES
from connectors.gateways.custom.read import CustomReader
from connectors.gateways.custom.signing import headers_for
from connectors.money import Money
from connectors.outcomes import Done, Failed, Pending
from counterfoil.reported import put_reported, reported_folder
from sandbox.custom import signatures
from sandbox.custom.api import DEFAULTS, CustomApi, make_api
from sandbox.custom.seed import grow
from sandbox.standin.messages import Request, Turned
from sandbox.standin.running import serving
from sandbox.standin.store import Store
from tests.connectors.custom.conftest import ACCOUNT, SCOPE
from tests.connectors.scenes import PATIENT_S
from tests.connectors.scripted import Reply, Script, scripted

AT = "2026-11-23T10:00:00Z"
DONE: dict[str, Any] = {"request_id": "req_1", "status": "done", "reference": "ref_1", "at": AT}
WANTED = Refund(
    account=ACCOUNT, object_id="pay_1", amount=Money(500, "EUR"), reason_code="duplicate", request_id="req_1"
)


@contextmanager
def answering(*replies: Reply) -> Iterator[tuple[CustomActor, Script]]:
    with scripted(*replies) as script:
        actor = CustomActor(AccountAccess(ACCOUNT, script.url, DEFAULTS.key), timeout_s=PATIENT_S)
        yield actor, script
        actor.close()


def told(http_status: int = 200, **changes: Any) -> Reply:
    return Reply(orjson.dumps({**DONE, **changes}), http_status)


def perform(reply: Reply) -> Done | Pending:
    with answering(reply) as (actor, _):
        return actor.perform(WANTED, idempotency_key="cf_1")


def test_done_has_the_amount_that_was_asked_for_and_the_endpoints_time() -> None:
    assert perform(told(amount_minor=500, currency="EUR")) == Done(
        "ref_1", Money(500, "EUR"), datetime(2026, 11, 23, 10, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "changes",
    [{"status": "pending"}, {"status": "processing"}, {"amount_minor": 501, "currency": "EUR"}],
    ids=["pending", "a word that we do not know", "another amount"],
)
def test_what_is_not_plainly_done_is_pending(changes: dict[str, Any]) -> None:
    found = perform(told(202, **changes))
    assert isinstance(found, Pending)
    assert found.amount == WANTED.amount


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("status", [200, 409, 422])
def test_every_code_of_a_refusal_is_an_error_by_which_nothing_moved(code: str, status: int) -> None:
    with pytest.raises(CODES[code], match="no more") as raised:
        perform(told(status, status="refused", code=code, reason="no more"))
    assert isinstance(raised.value, Refused | Unsupported)


def test_a_refusal_with_a_code_of_the_companys_own_is_a_refusal() -> None:
    with pytest.raises(Refused) as raised:
        perform(told(status="refused", code="on_holiday", reason="key whsec_abcdef 4242 4242 4242 4242"))
    assert raised.value.code == "on_holiday"
    assert "whsec_" not in str(raised.value)
    assert "4242" not in str(raised.value)


ODD = {
    "HTML": Reply(b"<html>Bad Gateway</html>", 200),
    "a list": Reply(b"[]"),
    "cut off": Reply(orjson.dumps(DONE)[:-9]),
    "another request": told(request_id="req_2"),
    "no reference": told(reference=None),
    "no time": told(at=None),
    "a time without offset": told(at="2026-11-23T10:00:00"),
    "a number as status": told(status=1),
    "a float": told(amount_minor=5.0, currency="EUR"),
    "an unknown currency": told(amount_minor=500, currency="XBT"),
    "a 404 that is not ours": Reply(b"not found", 404),
    "a 500": Reply(b"{}", 500),
    "a 501 that is not ours": Reply(b"{}", 501),
    "a redirect": Reply(b"", 302, {"Location": "https://elsewhere.example/"}),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_answer_that_cannot_be_read_leaves_the_outcome_unknown(kind: str) -> None:
    with pytest.raises(OutcomeUnknown):
        perform(ODD[kind])


@pytest.mark.parametrize(("status", "error"), [(401, NotAuthorised), (403, NotAuthorised), (429, RateLimited)])
def test_statuses_by_which_nothing_was_done(status: int, error: type[GatewayError]) -> None:
    with pytest.raises(error):
        perform(Reply(b"{}", status))


def test_a_key_that_is_no_signing_secret_sends_nothing() -> None:
    with scripted(told()) as script:
        for key in ("plain_text_key", "whsec_c2hvcnQ=", "whsec_!!!!"):
            with pytest.raises(NotAuthorised) as raised:
                CustomActor(AccountAccess(ACCOUNT, script.url, key)).perform(WANTED, idempotency_key="cf_1")
            assert key not in str(raised.value)
        assert script.asked == []


def test_what_is_no_action_of_ours_is_not_sent() -> None:
    with answering(told()) as (actor, script):
        with pytest.raises(RequestInvalid):
            actor.perform(replace(WANTED, account="custom/club"), idempotency_key="cf_1")
        note = AddOrderNote(account=ACCOUNT, object_id="1", reason_code="duplicate", request_id="req_1", note="x")
        with pytest.raises(Unsupported):
            actor.perform(note, idempotency_key="cf_1")
        assert script.asked == []


@pytest.mark.parametrize("object_id", ["..", ".", "", "x" * 201])
def test_what_cannot_be_an_id_is_unknown_without_asking(object_id: str) -> None:
    with answering(told()) as (actor, script):
        with pytest.raises(ObjectUnknown):
            actor.state_of("charge", object_id)
        assert script.asked == []


def test_an_id_stays_inside_its_place_in_the_path() -> None:
    with answering(Reply(b'{"status": "unknown"}', 404)) as (actor, script):
        with pytest.raises(ObjectUnknown):
            actor.state_of("charge", "../../actions?x=1#y")
        assert script.asked == ["/counterfoil/v1/objects/charges/..%2F..%2Factions%3Fx%3D1%23y"]


@pytest.mark.parametrize(
    "changes",
    [{"id": "pay_2"}, {"captured_minor": 19.9}, {"captured_minor": "1990"}, {"currency": "XBT"}, {"created_at": "x"},
     {"created_at": "2026-11-01T10:00:00"}, {"refunded_minor": None}],
)  # fmt: skip
def test_an_object_that_cannot_be_read_is_not_acted_on(changes: dict[str, Any]) -> None:
    charge = {
        "id": "pay_1", "captured_minor": 1990, "refunded_minor": 0, "currency": "EUR", "status": "succeeded",
        "created_at": AT, **changes,
    }  # fmt: skip
    with answering(Reply(orjson.dumps(charge))) as (actor, _), pytest.raises(UnexpectedShape):
        actor.state_of("charge", "pay_1")


def test_a_cursor_that_comes_again_ends_the_read() -> None:
    page = {"object": "list", "resource": "charges", "data": [], "next_cursor": "c1"}
    with scripted(Reply(orjson.dumps(page))) as script, pytest.raises(UnexpectedShape):
        list(CustomReader(AccountAccess(ACCOUNT, script.url, DEFAULTS.key)).pages("charges"))


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"object": "list", "resource": "refunds", "data": []}'])
def test_a_page_of_something_else_is_refused(body: bytes) -> None:
    with scripted(Reply(body)) as script, pytest.raises(UnexpectedShape):
        list(CustomReader(AccountAccess(ACCOUNT, script.url, DEFAULTS.key)).pages("charges"))


def _report(inbox: Path, status: str, minute: int) -> None:
    outcome = {**DONE, "status": status, "reason": "as reported"}
    sent_at = datetime(2026, 11, 23, 10, minute, tzinfo=UTC)
    put_reported(inbox, ACCOUNT, "req_1", f"msg_{minute}", outcome, sent_at)


def test_a_final_outcome_that_was_reported_is_found_without_asking(tmp_path: Path) -> None:
    folder = reported_folder(tmp_path, ACCOUNT)
    with scripted(told(status="pending")) as script:
        actor = CustomActor(AccountAccess(ACCOUNT, script.url, DEFAULTS.key, folder), timeout_s=PATIENT_S)
        assert isinstance(actor.look_up(WANTED, idempotency_key="cf_1"), Pending)
        _report(tmp_path, "pending", 1)
        assert isinstance(actor.look_up(WANTED, idempotency_key="cf_1"), Pending)
        asked = len(script.asked)
        _report(tmp_path, "done", 2)
        assert isinstance(actor.look_up(WANTED, idempotency_key="cf_1"), Done)
        _report(tmp_path, "failed", 3)
        found = actor.look_up(WANTED, idempotency_key="cf_1")
        assert isinstance(found, Failed)
        assert "as reported" in found.reason
        assert len(script.asked) == asked


def test_an_endpoint_that_offers_no_reading_is_import_only() -> None:
    store = Store(None, "custom")
    store.open(SCOPE.today, grow(SCOPE), {})
    with serving(CustomApi(store, DEFAULTS, offers_reading=False), DEFAULTS) as running:
        access = AccountAccess(ACCOUNT, running.url, DEFAULTS.key)
        reader, actor = CustomReader(access), CustomActor(access)
        assert list(reader.pages("charges")) == []
        assert reader.fetch("charges", "pay_0001") is None
        assert not any(line.is_granted for line in reader.permissions())
        with pytest.raises(Unsupported):
            actor.state_of("charge", "pay_0001")
        with pytest.raises(Unsupported):
            actor.look_up(WANTED, idempotency_key="cf_1")


def test_what_settles_later_is_reported_with_a_signature_that_we_accept() -> None:
    api = make_api(None, SCOPE, DEFAULTS)
    body, headers = api.message({"seq": 7, "outcome": DONE}, DEFAULTS.webhook_secret)
    now = datetime.now(UTC)
    assert GATEWAY.verified(Delivery(body, headers, ""), (DEFAULTS.webhook_secret,), now) == (
        "msg_7",
        "outcomes",
        "req_1",
    )


@pytest.mark.parametrize("kind", ["forged", "changed", "old", "another address"])
def test_the_stand_in_turns_away_what_is_not_signed_well(kind: str) -> None:
    now, path = datetime.now(UTC), "/counterfoil/v1/objects/charges/pay_1"
    headers = {
        "forged": headers_for("whsec_" + "QUFB" * 10, "m", now, path.encode()),
        "changed": headers_for(DEFAULTS.key, "m", now, b"x"),
        "old": headers_for(DEFAULTS.key, "m", now - timedelta(minutes=6), path.encode()),
        "another address": headers_for(DEFAULTS.key, "m", now, b"/counterfoil/v1/objects/charges/pay_2"),
    }[kind]
    with pytest.raises(Turned):
        signatures.admit(Request("GET", path, b"", headers, b"", now.timestamp(), 0.0), DEFAULTS.key)


def test_the_specifications_own_example_is_signed_as_it_says() -> None:
    """Source: the test vectors of the reference libraries of Standard Webhooks."""
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = headers_for(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
