"""The stand-in of Recurly: money-safe, durable, deterministic, and webhooks that arrive signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.recurly.api import DEFAULTS, make_api
from sandbox.recurly.money import major, minor
from sandbox.recurly.seed import grow
from sandbox.standin.running import Running, serving
from sandbox.standin.settings import Scope
from tests.sandbox.listener import Listener

SCOPE = Scope(scale="small")
HEADERS = {"Accept": "application/vnd.recurly.v2021-02-25"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Running]:
    with serving(make_api(tmp_path / "state", SCOPE, DEFAULTS), DEFAULTS) as found:
        yield found


def ask(site: Running, method: str, path: str, body: object = None, key: str = DEFAULTS.key) -> httpx.Response:
    return httpx.request(method, site.url + path, json=body, headers=HEADERS, auth=(key, ""))


def paid_invoice(site: Running) -> dict[str, Any]:
    rows = ask(site, "GET", "/invoices?type=charge&limit=200").json()["data"]
    return next(row for row in rows if row["refundable_amount"] == row["total"] and row["currency"] == "EUR")


def test_the_same_seed_grows_the_same_site() -> None:
    assert list(grow(SCOPE)) == list(grow(SCOPE))
    assert list(grow(SCOPE)) != list(grow(Scope(seed=8, scale="small")))


def test_no_more_than_was_paid_is_given_back_however_it_is_asked(site: Running) -> None:
    invoice = paid_invoice(site)
    left = minor(invoice["total"], "EUR")
    for part in (left // 3, left // 3, left, 0, -5, left - 2 * (left // 3), 1):
        answer = ask(
            site, "POST", f"/invoices/{invoice['id']}/refund", {"type": "amount", "amount": major(part, "EUR")}
        )
        assert answer.status_code in (201, 422)
    books = site.control("GET", "books")["charges"]
    (payment,) = [one for one in site.app.store.of("invoice")[invoice["id"]]["_transactions"] if books[one]["captured"]]
    assert books[payment]["refunded"] == books[payment]["captured"] == left
    assert ask(site, "GET", f"/invoices/{invoice['id']}").json()["refundable_amount"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [({"type": "amount", "amount": "5"}, 422), ({"type": "amount", "amount": 0.001}, 422), ({"amount": 1}, 422),
     ({"type": "amount", "colour": "red"}, 400), ([], 400), ({"type": "amount", "refund_method": "cash"}, 422)],
)  # fmt: skip
def test_a_request_that_is_wrong_moves_nothing(site: Running, body: object, status: int) -> None:
    invoice = paid_invoice(site)
    before = site.control("GET", "books")
    answer = ask(site, "POST", f"/invoices/{invoice['id']}/refund", body)
    assert (answer.status_code, "error" in answer.json()) == (status, True)
    assert site.control("GET", "books") == before


def test_keys_are_checked(site: Running) -> None:
    invoice = paid_invoice(site)
    assert ask(site, "GET", "/plans", key="wrong").status_code == 401
    assert ask(site, "GET", "/plans", key=DEFAULTS.read_key).status_code == 200
    refused = ask(site, "POST", f"/invoices/{invoice['id']}/refund", {"type": "amount"}, key=DEFAULTS.read_key)
    assert (refused.status_code, refused.json()["error"]["type"]) == (403, "invalid_permissions")
    assert httpx.get(f"{site.url}/plans", auth=(DEFAULTS.key, "")).status_code == 406


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    with serving(make_api(tmp_path / "s", SCOPE, DEFAULTS), DEFAULTS) as first:
        made = ask(first, "POST", f"/invoices/{paid_invoice(first)['id']}/refund", {"type": "amount", "amount": 1.1})
        before = first.control("GET", "books")
    with serving(make_api(tmp_path / "s", Scope(seed=99), DEFAULTS), DEFAULTS) as second:
        assert second.control("GET", "books") == before
        assert ask(second, "GET", f"/invoices/{made.json()['id']}").json() == made.json()
        again = ask(second, "POST", f"/invoices/{paid_invoice(second)['id']}/refund", {"type": "amount", "amount": 1.1})
        assert again.json()["id"] != made.json()["id"]


def test_two_on_one_folder_are_one_too_many(site: Running, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="Another sandbox"):
        make_api(tmp_path / "state", SCOPE, DEFAULTS)


def test_a_refund_is_told_by_signed_webhooks_and_again_until_it_is_taken(site: Running) -> None:
    with Listener(refuse=1) as heard:
        site.control("PUT", "webhooks", {"url": heard.url})
        ask(site, "POST", f"/invoices/{paid_invoice(site)['id']}/refund", {"type": "amount", "amount": 2})
        heard.wait_for(3)
        site.control("PUT", "webhooks", {"url": None})
    assert {body.partition(b'"event_type":')[0].count(b"object_type") for body, _ in heard.got} == {1}
    assert all("recurly-signature" in headers for _, headers in heard.got)
