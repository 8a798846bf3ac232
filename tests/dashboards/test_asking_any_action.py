"""Asking for any action: what a form may not do, whatever it is about."""

from __future__ import annotations

import pytest

from tests.dashboards.conftest import Web, hidden
from tests.dashboards.prefect_stand_in import PrefectStandIn

WHY = {"reason_code": "goodwill", "reason_text": "<img src=x onerror=alert(1)>"}
REFUND = "/ask?action=refund&account=stripe/eu&id=ch_zoe1_invoiced"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/ask?action=steal&account=stripe/eu&id=ch_zoe1_invoiced", 400),
        ("/ask?account=stripe/eu&id=ch_zoe1_invoiced", 400),
        ("/ask?action=refund&kind=invoice&account=stripe/eu&id=ch_zoe1_invoiced", 400),
        ("/ask?action=refund&account=stripe/eu&id=ch_nobody", 404),
        (f"{REFUND}&customer=cus_kenji", 409),
        (f"{REFUND}&match=guessed", 400),
    ],
)
def test_an_address_that_makes_no_sense_is_answered_with_a_sentence(desk: Web, address: str, status: int) -> None:
    assert desk.as_role("agent").get(address).status_code == status


def test_a_match_by_e_mail_must_be_confirmed_and_is_recorded(desk: Web, prefect: PrefectStandIn) -> None:
    client = desk.as_role("agent")
    form = {**hidden(client.get(f"{REFUND}&match=email").text), **WHY, "amount": "119.00"}
    assert client.post("/actions", data=form).status_code == 400
    assert prefect.runs == {}
    answer = client.post("/actions", data={**form, "is_sure": "yes"})
    (run,) = prefect.runs.values()
    request = run["parameters"]["request"]
    assert (request["customer_match"], request["is_match_confirmed"]) == ("email", True)
    assert "<img src=x" not in answer.text


@pytest.mark.parametrize("text", ["x" * 900_000, "bell \x07"])
def test_a_reason_that_cannot_be_asks_for_nothing(desk: Web, prefect: PrefectStandIn, text: str) -> None:
    client = desk.as_role("agent")
    form = {**hidden(client.get(REFUND).text), **WHY, "amount": "119.00", "reason_text": text}
    assert client.post("/actions", data=form).status_code in (400, 413)
    assert prefect.runs == {}


@pytest.mark.parametrize(("subscription", "has_coupon"), [("sub_kenji", True), ("sub_zoe", False)])
def test_a_coupon_is_taken_off_only_where_one_is_on(desk: Web, subscription: str, has_coupon: bool) -> None:
    answer = desk.as_role("lead").get(f"/ask?action=remove_coupon&account=stripe/eu&id={subscription}")
    assert answer.status_code == 200
    assert ("Not possible now." in answer.text, "It has no coupon." in answer.text) == (not has_coupon, not has_coupon)
