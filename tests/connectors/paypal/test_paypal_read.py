"""Reading a PayPal account: spans, pages and passes lose nothing; what changed is named; odd answers are noticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from connectors.actions import Refund
from connectors.errors import NotAuthorised, RequestInvalid, Unavailable, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess
from connectors.gateways.paypal import GATEWAY, spans, transactions
from connectors.gateways.paypal.act import PayPalActor
from connectors.gateways.paypal.read import PayPalReader
from connectors.gateways.paypal.shapes import transaction
from connectors.gateways.paypal.wire import Wire
from connectors.money import Money
from sandbox.paypal.running import Running, running
from sandbox.paypal.settings import Settings
from tests.connectors.paypal.conftest import KEY, SCOPE, Till
from tests.connectors.scripted import Reply, scripted

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def ids(reader: PayPalReader, resource: str, since: datetime | None = None, cursor: str | None = None) -> list[str]:
    pages = reader.pages(resource, since=since, cursor=cursor)
    return [row["id"] for page in pages for row in orjson.loads(page.body)["data"]]


@pytest.fixture(scope="module")
def narrow() -> Iterator[Running]:
    """A stand-in whose searches find 12 rows at most, and whose transactions show three hours late."""
    with running(None, SCOPE, Settings(most_results=12, report_delay=3 * 3600)) as found:
        yield found


def test_every_transaction_is_read_once_and_both_rows_of_one_id_are_kept(reader: PayPalReader, pay: Running) -> None:
    found = ids(reader, "transactions")
    assert len(found) == len(set(found))
    store = pay.app.store
    moved = {entry.wanted for entry in store.all("transaction") if entry.hidden["moved"]}
    assert {one for one in found if one.endswith(":Y")} == moved
    by_transaction = [one.partition(":")[0] for one in found]
    twice = {one for one in by_transaction if by_transaction.count(one) == 2}
    assert twice


def test_a_search_that_finds_too_much_is_halved_until_it_fits(narrow: Running) -> None:
    reader = PayPalReader(AccountAccess("paypal/eu", narrow.url, KEY))
    found = set(ids(reader, "transactions"))
    shown = narrow.app.store.clock.now() - narrow.settings.report_delay
    wanted = {
        entry.wanted for entry in narrow.app.store.all("transaction") if entry.hidden["moved"] and entry.at <= shown
    }
    assert {one for one in found if one.endswith(":Y")} == wanted
    reader.close()


def test_what_shows_late_is_read_by_a_later_pull(narrow: Running) -> None:
    reader = PayPalReader(AccountAccess("paypal/eu", narrow.url, KEY))
    since = datetime.now(UTC)
    # PayPal has nothing for the last three hours, and says so with an error.
    assert isinstance(ids(reader, "transactions", since=since), list)
    oldest = min(
        datetime.fromisoformat(row["transaction_info"]["transaction_initiation_date"])
        for page in reader.pages("transactions", since=since)
        for row in orjson.loads(page.body)["data"]
    )
    assert since - oldest > timedelta(days=3)
    reader.close()


@pytest.mark.parametrize("resource", ["transactions", "subscriptions", "invoices", "plans", "events", "disputes"])
def test_a_read_that_was_cut_off_goes_on_without_loss(reader: PayPalReader, resource: str) -> None:
    whole, taken = ids(reader, resource), 0
    kept: list[str] = []
    cursor: str | None = None
    while True:
        page = next(iter(reader.pages(resource, since=None, cursor=cursor)))
        kept += [row["id"] for row in orjson.loads(page.body)["data"]]
        cursor, taken = page.cursor, taken + 1
        if cursor is None:
            break
        assert taken < 1_000
    assert set(whole) <= set(kept)


def test_spans_are_31_days_and_reach_back_three_years_without_a_gap() -> None:
    since = NOW - spans.OLDEST
    place: spans.Place | None = spans.first_place(since, NOW, transactions.ALL_STEPS)
    seen: list[spans.Place] = []
    while place is not None:
        seen.append(place)
        assert spans.parse(place.cursor(), transactions.ALL_STEPS) == place
        place = spans.next_place(place, 1, since, transactions.ALL_STEPS)
    assert all(one.end - one.start <= timedelta(days=31) for one in seen)
    moved = [one for one in seen if one.step == "moved"]
    assert moved[0].end == NOW and moved[-1].start == since
    assert all(later.start == earlier.end for later, earlier in zip(moved, moved[1:], strict=False))
    assert len(seen) == 4 * len(moved)


@pytest.mark.parametrize("cursor", ["", "x", "a/b/moved/1", "2026-01-01T00:00:00Z/2026-05-01T00:00:00Z/moved/1",
    "2026-01-02T00:00:00Z/2026-01-01T00:00:00Z/moved/1", "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z/other/1",
    "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z/moved/0"])  # fmt: skip
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(RequestInvalid):
        spans.parse(cursor, transactions.ALL_STEPS)


def test_a_refund_names_itself_and_its_payment_as_changed(reader: PayPalReader, actor: PayPalActor, till: Till) -> None:
    charge, before = till.take(), datetime.now(UTC) - timedelta(seconds=2)
    done = actor.perform(
        Refund(
            account="paypal/eu",
            object_id=charge,
            amount=Money(10, "EUR"),
            reason_code="duplicate",
            request_id="req_changed",
        ),
        idempotency_key="k1",
    )
    assert done.gateway_reference is not None
    changed = set(reader.changed(before))
    assert {("refunds", done.gateway_reference), ("captures", charge)} <= changed
    page = reader.fetch("refunds", done.gateway_reference)
    assert page is not None
    (row,) = orjson.loads(page.body)["data"]
    assert (row["object"], row["id"], row["custom_id"]) == ("refund", done.gateway_reference, "req_changed")


def test_an_object_that_is_unknown_is_none_and_one_that_is_a_list_cannot_be_fetched(reader: PayPalReader) -> None:
    assert reader.fetch("captures", "NOSUCHCAPTURE") is None
    with pytest.raises(Unsupported):
        reader.fetch("transactions", "X:T0006:Y")
    with pytest.raises(Unsupported):
        reader.pages("coupons")
    with pytest.raises(RequestInvalid):
        reader.fetch("captures", "../refunds/1")


def test_permissions_are_what_the_token_says(access: AccountAccess, reader: PayPalReader) -> None:
    assert all(line.is_granted for line in reader.permissions())
    reading = PayPalReader(replace(access, api_key="sandbox-reader:sandbox-secret"))
    assert {line.name for line in reading.permissions() if not line.is_granted} == {
        "Refunds",
        "Captures",
        "Sending invoices",
    }
    reading.close()


@pytest.mark.parametrize("key", ["no-colon", ":x", "x:", "a b:c", "ü:x", ""])
def test_a_key_that_is_none_is_refused_before_anything_is_sent(access: AccountAccess, key: str) -> None:
    reader = PayPalReader(replace(access, api_key=key))
    with pytest.raises(NotAuthorised, match="client_id:client_secret"):
        reader.permissions()
    reader.close()


def test_a_short_lived_token_is_renewed_in_time() -> None:
    with running(None, SCOPE, Settings(token_seconds=1)) as pay:
        reader = PayPalReader(AccountAccess("paypal/eu", pay.url, KEY))
        assert len(ids(reader, "transactions")) > 100
        reader.close()


def test_a_busy_or_broken_gateway_is_read_patiently(access: AccountAccess, pay: Running) -> None:
    waited: list[float] = []
    reader = PayPalReader(access, wire=Wire(access, sleep=waited.append))
    pay.fault("rate_limited", method="GET", path="/v1/billing/plans", retry_after=7)
    pay.fault("error_before", method="GET", path="/v1/billing/plans")
    pay.fault("truncated", method="GET", path="/v1/billing/plans")
    assert len(ids(reader, "plans")) > 3
    assert waited[0] == 7.0 and len(waited) == 3
    reader.close()


def test_html_in_the_place_of_a_list_says_what_may_stand_in_between(reader: PayPalReader, pay: Running) -> None:
    pay.fault("html", method="GET", path="/v1/billing/plans")
    with pytest.raises(UnexpectedShape, match="proxy or a wrong api_base"):
        ids(reader, "plans")


TOKEN = Reply(orjson.dumps({"access_token": "t", "expires_in": 900, "scope": ""}))


def answered(*bodies: Any) -> list[Reply]:
    return [TOKEN, *(Reply(orjson.dumps(body)) for body in bodies)]


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("transactions", {"transaction_details": [{"transaction_info": {}}], "total_pages": 1}),
        ("transactions", {"transaction_details": "many", "total_pages": 1}),
        ("transactions", {"transaction_details": [], "total_pages": "1"}),
        ("transactions", {"transaction_details": [{"transaction_info": {}}], "total_pages": 0}),
        ("plans", {"plans": [{"name": "no id"}]}),
        ("plans", {"plans": {}, "x": 1} | {"plans": 3}),
        ("events", {"events": [3]}),
    ],
)
def test_an_answer_of_another_shape_is_noticed(resource: str, body: Any) -> None:
    with scripted(*answered(body)) as script:
        reader = PayPalReader(AccountAccess("paypal/eu", script.url, KEY))
        with pytest.raises(UnexpectedShape):
            list(reader.pages(resource))
        reader.close()


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("events", {"events": [{"id": "WH-1"}], "links": [{"rel": "next", "href": "https://x/y?page=2"}]}),
        ("disputes", {"items": [], "links": [{"rel": "next", "href": "https://x/y?next_page_token=abc"}]}),
    ],
)
def test_a_list_that_never_ends_is_noticed(resource: str, body: Any) -> None:
    with scripted(*answered(body)) as script:
        reader = PayPalReader(AccountAccess("paypal/eu", script.url, KEY))
        with pytest.raises(UnexpectedShape, match="never ends"):
            list(reader.pages(resource))
        reader.close()


def test_an_empty_account_is_empty() -> None:
    with scripted(*answered({"total_pages": 0, "total_items": 0})) as script:
        reader = PayPalReader(AccountAccess("paypal/eu", script.url, KEY))
        assert all(not ids(reader, resource.name) for resource in GATEWAY.resources)
        reader.close()


@pytest.mark.parametrize(
    "reply", [Reply(b"<html>", 200), Reply(b"", 302), Reply(b"{}", 200), Reply(b'{"access_token": 5, "expires_in": 1}')]
)
def test_a_host_that_gives_no_token_is_not_taken_for_paypal(reply: Reply) -> None:
    with scripted(reply) as script:
        reader = PayPalReader(AccountAccess("paypal/eu", script.url, KEY))
        with pytest.raises(UnexpectedShape, match="api_base|token"):
            reader.permissions()
        reader.close()


def test_an_answer_that_is_cut_off_is_never_taken_for_a_whole_one() -> None:
    cut = Reply(b'{"plans": [', claimed=5_000)
    with scripted(TOKEN, cut) as script:
        access = AccountAccess("paypal/eu", script.url, KEY)
        reader = PayPalReader(access, wire=Wire(access, sleep=lambda _: None))
        with pytest.raises(Unavailable):
            ids(reader, "plans")
        reader.close()


def test_a_page_of_a_hundred_thousand_rows_is_read() -> None:
    info = {"transaction_event_code": "T0006", "transaction_amount": {"currency_code": "EUR", "value": "1.00"}}
    rows = [{"transaction_info": {**info, "transaction_id": f"T{number:08d}"}} for number in range(100_000)]
    with scripted(*answered({"transaction_details": rows, "total_pages": 1}, {"total_pages": 0})) as script:
        reader = PayPalReader(AccountAccess("paypal/eu", script.url, KEY))
        page = next(iter(reader.pages("transactions")))
        assert page.rows == 100_000
        reader.close()


def test_the_recorded_object_is_unchanged_beneath_its_new_names() -> None:
    row = {"transaction_info": {"transaction_id": "T1", "transaction_event_code": "T0006"}, "payer_info": {"x": "ü"}}
    named = transaction(row, moved_balance=False)
    assert named == {**row, "object": "transaction", "id": "T1:T0006:N", "balance_affecting": False}
    ((resource, line),) = GATEWAY.harvest(orjson.dumps({"transaction_details": [row]}))
    assert resource == "transactions"
    assert orjson.loads(line)["payer_info"] == {"x": "ü"}


def test_a_damaged_compression_is_no_answer() -> None:
    with scripted(TOKEN, Reply(b"\x1f\x8b\x08\x00broken", headers={"Content-Encoding": "gzip"})) as script:
        access = AccountAccess("paypal/eu", script.url, KEY)
        reader = PayPalReader(access, wire=Wire(access, sleep=lambda _: None))
        with pytest.raises(Unavailable):
            ids(reader, "plans")
        reader.close()


def test_an_object_that_vanished_between_list_and_details_is_left_out() -> None:
    gone = Reply(orjson.dumps({"name": "RESOURCE_NOT_FOUND", "message": "m"}), 404)
    with scripted(*answered({"items": [{"dispute_id": "PP-D-1"}, {"dispute_id": "PP-D-2"}]}), gone) as script:
        reader = PayPalReader(AccountAccess("paypal/eu", script.url, KEY))
        (page,) = reader.pages("disputes")
        assert (page.rows, orjson.loads(page.body)["data"]) == (0, [])
        reader.close()


def test_an_error_of_the_token_service_is_told_from_a_wrong_key(access: AccountAccess, pay: Running) -> None:
    waited: list[float] = []
    pay.fault("rate_limited", method="POST", path="/v1/oauth2/token", retry_after=3)
    reader = PayPalReader(access, wire=Wire(access, sleep=waited.append))
    assert len(ids(reader, "plans")) > 3
    assert waited == [3.0]
    reader.close()
    with pytest.raises(NotAuthorised, match="wrong, or the app was deleted"):
        PayPalReader(replace(access, api_key="sandbox-client:other")).permissions()
