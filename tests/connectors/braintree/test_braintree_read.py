"""Reading an account: everything once, whatever a search cuts off or loses; changes by the times that they leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from connectors.errors import (
    NotAuthorised,
    RateLimited,
    RequestInvalid,
    Unavailable,
    UnexpectedShape,
    Unsupported,
)
from connectors.gateway import AccountAccess, Page
from connectors.gateways.braintree import disputes, read
from connectors.gateways.braintree.read import BraintreeReader
from connectors.gateways.braintree.resources import RESOURCES
from connectors.gateways.braintree.searches import SEARCHES
from connectors.gateways.braintree.wire import API_VERSION, Answer, Wire
from connectors.http import TRIES, Truncated
from sandbox.braintree.running import Running, running, serving
from sandbox.braintree.settings import Settings
from sandbox.braintree.store import Store
from sandbox.stripe.clock import Clock
from tests.connectors.braintree.choosing import refundable, transactions
from tests.connectors.braintree.conftest import SCOPE, access

KINDS = {"charges": "sale", "refunds": "credit"}


def rows(pages: list[Page] | Iterator[Page]) -> list[dict[str, Any]]:
    return [row for page in pages for row in orjson.loads(page.body)["data"]]


def ids(pages: list[Page] | Iterator[Page]) -> list[str]:
    return [row["id"] for row in rows(pages)]


def owned(sandbox: Running, resource: str) -> set[str]:
    """Ids that the stand-in has of a resource."""
    if resource in KINDS:
        return {made["id"] for made in transactions(sandbox, KINDS[resource])}
    kind = {"add_ons": "add_on"}.get(resource, resource.removesuffix("s"))
    return set(sandbox.app.store.objects[kind])


@pytest.mark.parametrize("resource", [resource.name for resource in RESOURCES])
def test_everything_of_a_resource_is_read_once(shown: Running, reader: BraintreeReader, resource: str) -> None:
    pages = list(reader.pages(resource))
    assert sorted(ids(pages)) == sorted(owned(shown, resource))
    assert sum(page.rows for page in pages) == len(owned(shown, resource))
    assert [page.cursor is None for page in pages] == [False] * (len(pages) - 1) + [True]


def test_values_are_the_stand_ins_own(shown: Running, reader: BraintreeReader) -> None:
    for row in rows(reader.pages("charges")):
        kept = shown.app.store.objects["transaction"][row["id"]]
        assert (row["amount"], row["status"], row["refund_ids"]) == (kept["amount"], kept["status"], kept["refund_ids"])
        assert [event["status"] for event in row["status_history"]] == [e["status"] for e in kept["status_history"]]
        assert row["object"] == "transaction"


def test_what_a_search_cuts_off_is_read_in_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SEARCHES:
        monkeypatch.setitem(SEARCHES, name, replace(SEARCHES[name], cap=9))
    monkeypatch.setattr(disputes, "CAP", 3)
    with running(None, SCOPE, Settings(caps=(9, 3))) as sandbox:
        monkeypatch.setitem(SEARCHES, "customers", replace(SEARCHES["customers"], cap=3))
        monkeypatch.setitem(SEARCHES, "subscriptions", replace(SEARCHES["subscriptions"], cap=3))
        reader = BraintreeReader(access(sandbox))
        for resource in ("charges", "refunds", "customers", "subscriptions", "disputes"):
            assert sorted(ids(reader.pages(resource))) == sorted(owned(sandbox, resource)), resource
        reader.close()


@pytest.mark.parametrize("resource", ["charges", "disputes", "customers"])
def test_a_read_that_stopped_anywhere_goes_on_there(
    shown: Running, reader: BraintreeReader, monkeypatch: pytest.MonkeyPatch, resource: str
) -> None:
    monkeypatch.setattr(read, "PAGE_SIZE", 7)
    pages = list(reader.pages(resource))
    for number, page in enumerate(pages[:-1]):
        rest = ids(reader.pages(resource, cursor=page.cursor))
        assert rest == ids(pages[number + 1 :])


def test_changes_are_found_by_the_times_that_they_leave(fresh: Running) -> None:
    before = datetime.now(UTC) - timedelta(minutes=2)
    reader = BraintreeReader(access(fresh))
    assert ids(reader.pages("refunds", since=before + timedelta(days=1))) == []
    waiting = transactions(fresh, "sale", status="submitted_for_settlement")
    late = waiting[0]["id"] if waiting else refundable(fresh)["id"]
    held = transactions(fresh, "sale", status="authorized")[0]["id"]
    reader._wire._connection.client.put(f"{reader._wire._merchant}/transactions/{held}/void", content=b"")
    fresh.control("POST", "settle", {"transaction": late})
    found = ids(reader.pages("charges", since=before))
    assert held in found
    assert (late in found) == bool(waiting)
    assert len(found) == len(set(found))
    assert len(found) < len(owned(fresh, "charges")) / 2
    reader.close()


def test_a_cancelled_subscription_is_found_again(fresh: Running) -> None:
    reader = BraintreeReader(access(fresh))
    live = [each for each in fresh.app.store.objects["subscription"].values() if each["status"] == "Active"]
    wanted = sorted(live, key=lambda each: str(each["created_at"]))[0]["id"]
    reader._wire._connection.client.put(f"{reader._wire._merchant}/subscriptions/{wanted}/cancel", content=b"")
    found = {row["id"]: row["status"] for row in rows(reader.pages("subscriptions", since=datetime.now(UTC)))}
    assert found[wanted] == "Canceled"
    reader.close()


def test_new_and_undecided_disputes_are_found_again(shown: Running, reader: BraintreeReader) -> None:
    found = set(ids(reader.pages("disputes", since=datetime.now(UTC) - timedelta(days=1))))
    open_ones = {
        each["id"]
        for each in shown.app.store.objects["dispute"].values()
        if each["status"] in ("open", "disputed", "under_review")
    }
    assert open_ones <= found


class Losing(Wire):
    """A connection whose details pages lack one object, as when it changed between the two steps of a search."""

    def search(self, path: str, criteria: dict[str, object]) -> Answer:
        answer = super().search(path, criteria)
        if path.endswith("/advanced_search"):
            answer.value["data"].pop()
        return answer


def test_a_record_that_vanishes_between_the_steps_is_asked_for_by_itself(shown: Running) -> None:
    reader = BraintreeReader(access(shown), wire=Losing(access(shown)))
    assert sorted(ids(reader.pages("charges"))) == sorted(owned(shown, "charges"))
    reader.close()


def test_an_object_that_is_gone_altogether_is_left_out(fresh: Running) -> None:
    store = fresh.app.store
    wanted = next(iter(store.objects["customer"]))

    class Removing(Wire):
        def search(self, path: str, criteria: dict[str, object]) -> Answer:
            if path.endswith("/advanced_search"):
                store.objects["customer"].pop(wanted, None)
            return super().search(path, criteria)

    reader = BraintreeReader(access(fresh), wire=Removing(access(fresh)))
    found = ids(reader.pages("customers"))
    assert wanted not in found
    assert len(found) == len(store.objects["customer"])
    reader.close()


def test_one_object_is_fetched_as_it_stands(shown: Running, reader: BraintreeReader) -> None:
    sale, credit = transactions(shown)[0]["id"], transactions(shown, "credit")[0]["id"]
    for resource, wanted in (("charges", sale), ("refunds", credit), ("plans", "membership-monthly-eur")):
        page = reader.fetch(resource, wanted)
        assert page is not None and ids([page]) == [wanted]
    for resource, wanted in (("charges", credit), ("refunds", sale), ("charges", "nosuch"), ("add_ons", "nosuch")):
        assert reader.fetch(resource, wanted) is None
    assert reader.fetch("add_ons", "support") is not None


@pytest.mark.parametrize("wanted", ["", "..", "a/b", "a?b", "x" * 300])
def test_what_is_no_id_is_refused(reader: BraintreeReader, wanted: str) -> None:
    with pytest.raises(RequestInvalid):
        reader.fetch("charges", wanted)


def test_an_unknown_resource_is_refused(reader: BraintreeReader) -> None:
    with pytest.raises(Unsupported, match="there are: add_ons, charges"):
        reader.pages("invoices")


def test_an_empty_account_is_read_without_rows() -> None:
    with serving(Store(None, Clock()), Settings()) as sandbox:
        reader = BraintreeReader(access(sandbox))
        for resource in RESOURCES:
            assert rows(reader.pages(resource.name)) == []
            assert rows(reader.pages(resource.name, since=datetime.now(UTC))) == []
        reader.close()


def test_what_the_key_may_do_is_found_out_without_an_effect(fresh: Running) -> None:
    settings = fresh.settings
    narrow = f"{settings.merchant_id}:{settings.read_public_key}:{settings.private_key}"
    for secret, may_refund in ((settings.secret, True), (narrow, False)):
        reader = BraintreeReader(replace(access(fresh), api_key=secret))
        lines = {line.name: line.is_granted for line in reader.permissions()}
        assert lines.pop("Refund transactions") == may_refund
        assert set(lines.values()) == {True}
        reader.close()
    assert [entry["status"] for entry in fresh.control("GET", "log")["log"]] in ([], [422])


def test_a_revoked_key_is_not_authorised_and_not_shown(fresh: Running) -> None:
    reader = BraintreeReader(replace(access(fresh), api_key="sandbox_merchant:sandbox_public:revoked_private"))
    with pytest.raises(NotAuthorised) as caught:
        list(reader.pages("charges"))
    assert "revoked_private" not in str(caught.value) + repr(reader) + repr(access(fresh))
    with pytest.raises(NotAuthorised):
        reader.permissions()
    reader.close()


@pytest.mark.parametrize("kind", ["rate_limited", "error_before", "drop_before", "truncated"])
def test_passing_troubles_are_waited_out(fresh: Running, kind: str) -> None:
    pauses: list[float] = []
    reader = BraintreeReader(access(fresh), wire=Wire(access(fresh), sleep=pauses.append))
    fresh.fault(kind, method="POST", path="*/transactions/advanced_search*", count=2, status=503, retry_after=3)
    assert sorted(ids(reader.pages("charges"))) == sorted(owned(fresh, "charges"))
    assert len(pauses) == 2
    assert kind != "rate_limited" or pauses == [3.0, 3.0]
    reader.close()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("rate_limited", RateLimited),
        ("error_before", Unavailable),
        ("drop_before", Unavailable),
        ("truncated", Truncated),
        ("malformed", Truncated),
        ("html", UnexpectedShape),
        ("wrong_types", UnexpectedShape),
    ],
)
def test_lasting_troubles_have_a_name(fresh: Running, kind: str, expected: type[Exception]) -> None:
    reader = BraintreeReader(access(fresh), wire=Wire(access(fresh), sleep=lambda _: None))
    fresh.fault(kind, method="*", path="*", count=TRIES * 2, status=503)
    with pytest.raises(expected):
        list(reader.pages("customers"))
    reader.close()


def test_nobody_there_is_unavailable() -> None:
    nobody = AccountAccess("braintree/eu", "http://127.0.0.1:9", "a:b:c")
    reader = BraintreeReader(nobody, wire=Wire(nobody, sleep=lambda _: None))
    with pytest.raises(Unavailable, match="nothing was sent"):
        list(reader.pages("plans"))
    reader.close()


def test_we_ask_for_the_version_that_the_sdk_asks_for() -> None:
    import braintree

    assert braintree.Configuration.api_version() == API_VERSION
