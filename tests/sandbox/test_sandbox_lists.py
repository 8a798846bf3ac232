"""Lists: paging both ways, filters, expansion, and what is refused."""

from typing import Any

import pytest

from sandbox.stripe.running import Running
from tests.sandbox.calling import everything, get, http, sdk

PATHS = (
    "customers charges payment_intents refunds disputes payouts balance_transactions subscriptions invoices "
    "invoice_payments tax_ids coupons credit_notes products prices tax_rates events"
).split()


def refused(sandbox: Running, path: str, **params: Any) -> tuple[int, dict[str, Any]]:
    answer = http().get(f"{sandbox.url}{path}", params=params, headers={"Authorization": "Bearer sk_test_sandbox"})
    return answer.status_code, answer.json()["error"]


@pytest.mark.parametrize("path", PATHS)
def test_every_list_pages_through_all_objects_once_and_newest_first(shop: Running, path: str) -> None:
    params = {"status": "all"} if path == "subscriptions" else {}
    small: list[dict[str, Any]] = []
    while True:
        after = {"starting_after": small[-1]["id"]} if small else {}
        page = get(shop, f"/v1/{path}", limit=7, **after, **params)
        small += page["data"]
        if not page["has_more"]:
            break
    assert [obj["id"] for obj in small] == [obj["id"] for obj in everything(shop, f"/v1/{path}", **params)]
    assert len({obj["id"] for obj in small}) == len(small)
    created = [obj["created"] for obj in small]
    assert created == sorted(created, reverse=True)
    assert page["object"] == "list"
    assert page["url"] == f"/v1/{path}"


@pytest.mark.parametrize("path", PATHS)
def test_what_is_listed_is_retrieved_the_same(shop: Running, path: str) -> None:
    first = get(shop, f"/v1/{path}", limit=1)["data"][0]
    assert get(shop, f"/v1/{path}/{first['id']}") == first


def test_the_sdk_pages_by_itself(shop: Running) -> None:
    by_sdk = [charge.id for charge in sdk(shop).v1.charges.list({"limit": 50}).auto_paging_iter()]
    assert by_sdk == [charge["id"] for charge in everything(shop, "/v1/charges")]


def test_ten_objects_where_no_limit_is_sent(shop: Running) -> None:
    assert len(get(shop, "/v1/charges")["data"]) == 10


def test_ending_before_gives_the_page_just_above_the_cursor(shop: Running) -> None:
    ids = [charge["id"] for charge in everything(shop, "/v1/charges")]
    page = get(shop, "/v1/charges", limit=5, ending_before=ids[20])
    assert [charge["id"] for charge in page["data"]] == ids[15:20]
    assert page["has_more"]
    assert not get(shop, "/v1/charges", limit=20, ending_before=ids[20])["has_more"]


def test_created_bounds_are_exact(shop: Running) -> None:
    charges = everything(shop, "/v1/charges")
    first, last = charges[90]["created"], charges[30]["created"]
    inside = everything(shop, "/v1/charges", **{"created[gte]": first, "created[lte]": last})
    assert [c["id"] for c in inside] == [c["id"] for c in charges if first <= c["created"] <= last]
    strictly = everything(shop, "/v1/charges", **{"created[gt]": first, "created[lt]": last})
    assert [c["id"] for c in strictly] == [c["id"] for c in charges if first < c["created"] < last]
    exact = everything(shop, "/v1/charges", created=first)
    assert [c["id"] for c in exact] == [c["id"] for c in charges if c["created"] == first]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("charges", "customer"),
        ("charges", "payment_intent"),
        ("refunds", "charge"),
        ("refunds", "payment_intent"),
        ("disputes", "charge"),
        ("payouts", "status"),
        ("balance_transactions", "type"),
        ("balance_transactions", "currency"),
        ("balance_transactions", "source"),
        ("invoices", "customer"),
        ("invoices", "status"),
        ("invoice_payments", "invoice"),
        ("prices", "product"),
        ("customers", "email"),
        ("events", "type"),
    ],
)
def test_a_filter_gives_the_objects_that_have_the_value(shop: Running, path: str, name: str) -> None:
    listed = everything(shop, f"/v1/{path}")
    wanted = next(obj[name] for obj in listed if obj[name])
    found = everything(shop, f"/v1/{path}", **{name: wanted})
    assert [obj["id"] for obj in found] == [obj["id"] for obj in listed if obj[name] == wanted]


def test_two_filters_must_both_hold(shop: Running) -> None:
    charge = get(shop, "/v1/charges", limit=1, starting_after=get(shop, "/v1/charges")["data"][-1]["id"])["data"][0]
    both = {"customer": charge["customer"], "payment_intent": charge["payment_intent"]}
    assert charge["id"] in [found["id"] for found in everything(shop, "/v1/charges", **both)]
    nobody = {"customer": "cus_nobody", "payment_intent": charge["payment_intent"]}
    assert everything(shop, "/v1/charges", **nobody) == []


def test_subscriptions_without_a_status_leave_out_the_canceled(shop: Running) -> None:
    every = everything(shop, "/v1/subscriptions", status="all")
    alive = everything(shop, "/v1/subscriptions")
    assert {"canceled"} == {sub["status"] for sub in every} - {sub["status"] for sub in alive}
    assert {sub["status"] for sub in everything(shop, "/v1/subscriptions", status="ended")} == {"canceled"}


def test_events_can_be_asked_for_by_pattern_and_by_several_types(shop: Running) -> None:
    names = {event["type"] for event in everything(shop, "/v1/events", type="invoice.*")}
    assert names == {"invoice.created", "invoice.finalized", "invoice.paid"}
    two = {"types[]": ["invoice.paid", "charge.succeeded"]}
    assert {event["type"] for event in everything(shop, "/v1/events", **two)} == set(two["types[]"])


def test_a_payouts_lines_contain_its_own_line(shop: Running) -> None:
    payout = get(shop, "/v1/payouts", limit=1)["data"][0]
    lines = everything(shop, "/v1/balance_transactions", payout=payout["id"])
    assert payout["balance_transaction"] in [line["id"] for line in lines]


def test_arrival_date_bounds_payouts(shop: Running) -> None:
    payouts = everything(shop, "/v1/payouts")
    middle = payouts[len(payouts) // 2]["arrival_date"]
    later = everything(shop, "/v1/payouts", **{"arrival_date[gt]": middle})
    assert [p["id"] for p in later] == [p["id"] for p in payouts if p["arrival_date"] > middle]


def test_expansion_puts_objects_in_the_place_of_ids(shop: Running) -> None:
    paths = ["data.balance_transaction", "data.payment_intent.customer", "data.refunds"]
    for charge in get(shop, "/v1/charges", limit=20, **{"expand[]": paths})["data"]:
        intent, line = charge["payment_intent"], charge["balance_transaction"]
        assert intent is None or intent["customer"]["id"] == charge["customer"]
        assert line is None or line["source"] == charge["id"]
        assert charge["refunds"]["object"] == "list"


def test_an_invoice_shows_its_payments_only_when_asked(shop: Running) -> None:
    invoice = get(shop, "/v1/invoices", limit=1, status="paid")["data"][0]
    assert "payments" not in invoice
    payments = get(shop, f"/v1/invoices/{invoice['id']}", **{"expand[]": "payments"})["payments"]["data"]
    assert sum(payment["amount_paid"] for payment in payments) == invoice["amount_paid"]
    lines = get(shop, f"/v1/invoices/{invoice['id']}/lines")["data"]
    assert lines == invoice["lines"]["data"]


def test_a_customers_tax_ids_hang_below_the_customer(shop: Running) -> None:
    owned = get(shop, "/v1/tax_ids", limit=1)["data"][0]
    below = get(shop, f"/v1/customers/{owned['owner']['customer']}/tax_ids")["data"]
    assert owned in below


def test_a_deleted_customer_is_a_stub_and_in_no_list(shop: Running) -> None:
    listed = {customer["id"] for customer in everything(shop, "/v1/customers")}
    gone = {charge["customer"] for charge in everything(shop, "/v1/charges")} - listed
    assert gone
    for wanted in gone:
        assert get(shop, f"/v1/customers/{wanted}") == {"id": wanted, "object": "customer", "deleted": True}


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("/v1/charges", {"limit": 0}, 400, "parameter_invalid_integer"),
        ("/v1/charges", {"limit": 101}, 400, "parameter_invalid_integer"),
        ("/v1/charges", {"limit": "ten"}, 400, "parameter_invalid_integer"),
        ("/v1/charges", {"colour": "red"}, 400, "parameter_unknown"),
        ("/v1/charges", {"created[after]": 1}, 400, "parameter_unknown"),
        ("/v1/charges", {"created[gte]": "monday"}, 400, "parameter_invalid_integer"),
        ("/v1/charges", {"starting_after": "ch_none"}, 400, "resource_missing"),
        ("/v1/charges", {"expand[]": "data.nonsense"}, 400, None),
        ("/v1/charges", {"expand[]": "balance_transaction"}, 400, None),
        ("/v1/charges", {"expand[]": "data.a.b.c.d.e"}, 400, None),
        ("/v1/charges/ch_none", {}, 404, "resource_missing"),
        ("/v1/customers/cus_none/tax_ids", {}, 404, "resource_missing"),
        ("/v1/nothing", {}, 404, None),
        ("/v1/charges/ch_none/nothing", {}, 404, None),
    ],
)
def test_a_wrong_question_is_refused_in_stripes_shape(
    shop: Running, path: str, params: dict[str, Any], status: int, code: str | None
) -> None:
    got, error = refused(shop, path, **params)
    assert (got, error.get("code")) == (status, code)
    assert error["type"] == "invalid_request_error"
    assert error["message"]
