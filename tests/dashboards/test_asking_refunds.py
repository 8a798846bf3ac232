"""Asking for a refund: what is confirmed is what was shown, and however often it is sent, it is one request."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from counterfoil.approvals import Preview, verified_approval
from counterfoil.requests import verified_request
from counterfoil.signing_keys import public_keys
from dashboards.sessions import Sessions
from tests.dashboards.conftest import Web, hidden
from tests.dashboards.prefect_stand_in import PrefectStandIn
from tests.dashboards.published_fixture import UMA, ZOE
from tests.dashboards.published_reports import NOW

FORM = "/ask?action=refund&account=stripe/eu&id=ch_zoe1_invoiced"
WORDS = {"reason_code": "goodwill", "reason_text": "Late by a week", "ticket": "T-1"}


def _form(client: TestClient, path: str = FORM) -> dict[str, str]:
    page = client.get(path)
    assert page.status_code == 200
    found = re.search(r'name="amount"[^>]*value="([^"]*)"', page.text)
    return {**hidden(page.text), "amount": found.group(1) if found else "", **WORDS}


def _post(client: TestClient, form: dict[str, str]) -> Any:
    return client.post("/actions", data=form, follow_redirects=False)


def test_a_confirmed_refund_is_queued_once_signed_and_whole(desk: Web, prefect: PrefectStandIn) -> None:
    client = desk.as_role("agent")
    answer = _post(client, _form(client))
    assert answer.status_code == 303
    (run,) = prefect.runs.values()
    assert answer.headers["location"] == f"/actions/{run['id']}"
    sent = run["parameters"]
    request = verified_request(sent["request"], sent["signature"], public_keys(desk.paths.keys), now=NOW)
    assert (request.action, request.account, request.object_id) == ("refund", "stripe/eu", "ch_zoe1_invoiced")
    assert (request.amount_minor, request.currency) == (11900, "EUR")
    assert (request.requester, request.role, request.authenticated_by) == ("agent@sandbox.example", "agent", "session")
    assert (request.reason_code, request.reason_text, request.ticket) == ("goodwill", "Late by a week", "T-1")
    assert not any("@" in tag for tag in run["tags"]), "tags hold no e-mail addresses"


def test_the_same_form_sent_three_times_is_one_run(desk: Web, prefect: PrefectStandIn) -> None:
    client = desk.as_role("agent")
    form = {**_form(client), "amount": "10.00", "previewed": "1000"}
    places = {_post(client, form).headers["location"] for _ in range(3)}
    assert len(places) == 1
    assert len(prefect.runs) == 1


def test_the_same_form_with_another_amount_is_a_conflict(desk: Web, prefect: PrefectStandIn) -> None:
    client = desk.as_role("agent")
    form = {**_form(client), "amount": "10.00", "previewed": "1000"}
    assert _post(client, form).status_code == 303
    answer = _post(client, {**form, "amount": "11.00", "previewed": "1100"})
    assert answer.status_code == 409
    assert len(prefect.runs) == 1


def test_a_changed_amount_is_shown_before_it_counts(desk: Web, prefect: PrefectStandIn) -> None:
    client = desk.as_role("agent")
    form = {**_form(client), "amount": "100.00"}
    shown = _post(client, form)
    assert shown.status_code == 200
    assert prefect.runs == {}
    assert "Refund 100.00 EUR" in shown.text
    assert "19.00" in shown.text, "what is left afterwards"
    again = {**form, **hidden(shown.text)}
    assert again["sealed"] == form["sealed"], "the request keeps its id"
    assert _post(client, again).status_code == 303


def test_the_page_says_what_moves_what_is_left_and_which_document_follows(desk: Web) -> None:
    page = desk.as_role("agent").get(FORM).text
    assert "119.00" in page and "Visa •••• 4242" in page
    assert "Nothing is left to refund afterwards" in page
    assert "A credit note for invoice INV-2026-000001 follows" in page
    other = desk.as_role("agent").get("/ask?action=refund&account=stripe/eu&id=ch_zoe2_part").text
    assert "no credit note follows" in other
    assert "30.00" in other


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("0", "greater than zero"),
        ("-5", "greater than zero"),
        ("119.01", "No more than 119.00 EUR is left"),
        ("1.005", "finer than the currency"),
        ("ten", "not an amount"),
        ("NaN", "not an amount"),
        ("1e30", "not an amount"),
        ("9" * 30, "not an amount"),
        ("1,234.50", "not an amount"),
        ("١٢", "not an amount"),
        ("", "Something is missing|not an amount"),
    ],
)
def test_an_amount_that_cannot_be_is_answered_with_a_sentence(
    desk: Web, prefect: PrefectStandIn, amount: str, sentence: str
) -> None:
    client = desk.as_role("agent")
    answer = _post(client, {**_form(client), "amount": amount, "previewed": amount})
    assert answer.status_code in (200, 400)
    assert re.search(sentence, answer.text)
    assert prefect.runs == {}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("reason_code", "", "Choose one of the reasons"),
        ("reason_code", "because", "Choose one of the reasons"),
        ("reason_text", "  ", "Write why"),
        ("reason_text", "x" * 2001, "longer than 2000"),
        ("reason_text", "bell \x07", "control characters"),
    ],
)
def test_a_reason_is_needed_and_bounded(
    desk: Web, prefect: PrefectStandIn, field: str, value: str, sentence: str
) -> None:
    client = desk.as_role("agent")
    answer = _post(client, {**_form(client), field: value})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert prefect.runs == {}


def test_a_form_that_was_changed_or_is_anothers_is_refused(desk: Web, prefect: PrefectStandIn) -> None:
    client, lead = desk.as_role("agent"), desk.as_role("lead")
    form = _form(client)
    assert _post(client, {**form, "sealed": form["sealed"][:-3]}).status_code == 400
    theirs = _form(lead)
    assert _post(client, {**form, "sealed": theirs["sealed"]}).status_code == 400
    own = Sessions(b"another key", is_secure=False)
    forged = own.seal({"request_id": "req_" + "0" * 32, "account": "stripe/eu", "charge_id": "ch_kenji1"})
    assert _post(client, {**form, "sealed": forged}).status_code == 400
    assert prefect.runs == {}


@pytest.mark.parametrize("charge", ["ch_zoe3_disputed", "ch_zoe4_failed"])
def test_a_charge_that_cannot_be_refunded_says_why(desk: Web, charge: str) -> None:
    page = desk.as_role("agent").get(f"/ask?action=refund&account=stripe/eu&id={charge}")
    assert "Not possible now." in page.text
    assert '<form action="/actions"' not in page.text


def test_a_charge_that_nobody_knows_is_not_found(desk: Web) -> None:
    assert desk.as_role("agent").get("/ask?action=refund&account=stripe/eu&id=ch_nobody").status_code == 404


def test_an_account_that_is_only_observed_offers_nothing(desk: Web) -> None:
    page = desk.as_role("agent").get(f"/customers/{UMA}").text
    assert "only observed" in page
    assert "/ask?" not in page


def test_a_second_request_for_the_same_must_be_meant(desk: Web, prefect: PrefectStandIn) -> None:
    client = desk.as_role("agent")
    ten = {"amount": "10.00", "previewed": "1000"}
    assert _post(client, {**_form(client), **ten}).status_code == 303
    second = {**_form(client), **ten}
    warned = _post(client, second)
    assert warned.status_code == 409
    assert "The same was asked for a moment ago" in warned.text
    assert len(prefect.runs) == 1
    again = _post(client, {**second, **hidden(warned.text), "again": "yes"})
    assert again.status_code == 303
    assert [run["parameters"]["request"]["is_again"] for run in prefect.runs.values()] == [False, True]


def test_a_refund_under_way_counts_before_it_is_published(desk: Web, prefect: PrefectStandIn) -> None:
    client = desk.as_role("agent")
    _post(client, {**_form(client), "amount": "100.00", "previewed": "10000"})
    page = client.get(f"/customers/{ZOE}").text
    assert "newer than the published data" in page
    assert 'value="19.00"' in client.get(FORM).text
    (run_id,) = prefect.runs
    prefect.move(run_id, "COMPLETED", "Refused", "The bank said no.")
    desk_client = desk.as_role("agent")
    assert "The bank said no." in desk_client.get(f"/actions/{run_id}").text


def test_a_queue_that_does_not_answer_is_said_and_nothing_is_lost(desk: Web, prefect: PrefectStandIn) -> None:
    client = desk.as_role("agent")
    form = {**_form(client), "amount": "1.00", "previewed": "100"}
    prefect.is_busy = True
    answer = _post(client, form)
    assert answer.status_code == 503
    assert _content(hidden(answer.text)["sealed"]) == _content(form["sealed"]), "the same request, sealed anew"
    prefect.is_busy = False
    assert _post(client, form).status_code == 303
    assert len(prefect.runs) == 1


def _content(sealed: str) -> str:
    """What was sealed, without when."""
    return sealed.rsplit(".", 2)[0]


def _waiting_run(desk: Web, prefect: PrefectStandIn) -> tuple[str, Preview]:
    client = desk.as_role("agent")
    _post(client, _form(client))
    (run_id,) = prefect.runs
    request = prefect.runs[run_id]["parameters"]["request"]
    names = ("request_id", "action", "account", "object_kind", "object_id", "requester", "role")
    shown = {
        name: request[name]
        for name in (*names, "amount_minor", "currency", "details", "reason_code", "reason_text", "ticket")
    }
    preview = Preview(run_id=run_id, maximum_minor=11900, **shown)
    prefect.wait_for_approval(run_id, {name: getattr(preview, name) for name in Preview.__slots__})
    return run_id, preview


def _decide(client: TestClient, run_id: str, **form: str) -> Any:
    fields = hidden(client.get(f"/actions/{run_id}").text)
    return client.post(f"/actions/{run_id}/decision", data={**fields, **form}, follow_redirects=False)


def test_a_lead_approves_exactly_what_is_shown(desk: Web, prefect: PrefectStandIn) -> None:
    run_id, preview = _waiting_run(desk, prefect)
    lead = desk.as_role("lead")
    assert run_id in lead.get("/actions").text
    assert _decide(lead, run_id, decision="approve").status_code == 303
    (handed,) = prefect.inputs[run_id]
    value = json.loads(handed["value"])
    approval = verified_approval(value["approval"], value["signature"], public_keys(desk.paths.keys))
    assert (approval.decision, approval.digest, approval.approver) == (
        "approve",
        preview.digest,
        "lead@sandbox.example",
    )


def test_a_preview_that_changed_meanwhile_is_not_approved(desk: Web, prefect: PrefectStandIn) -> None:
    run_id, preview = _waiting_run(desk, prefect)
    lead = desk.as_role("lead")
    old = preview.digest
    changed = replace(preview, amount_minor=5000)
    prefect.previews[run_id] = {name: getattr(changed, name) for name in Preview.__slots__}
    assert _decide(lead, run_id, decision="approve", digest=old).status_code == 409
    assert prefect.inputs[run_id] == []


def test_a_denial_needs_words(desk: Web, prefect: PrefectStandIn) -> None:
    run_id, _ = _waiting_run(desk, prefect)
    lead = desk.as_role("lead")
    assert _decide(lead, run_id, decision="deny").status_code == 409
    assert _decide(lead, run_id, decision="deny", comment="Not our fault").status_code == 303


def test_neither_the_agent_nor_a_run_that_does_not_wait_is_decided(desk: Web, prefect: PrefectStandIn) -> None:
    run_id, preview = _waiting_run(desk, prefect)
    agent = desk.as_role("agent")
    assert _decide(agent, run_id, decision="approve", digest=preview.digest).status_code == 403
    prefect.move(run_id, "COMPLETED", "Done", "Done.")
    lead = desk.as_role("lead")
    assert _decide(lead, run_id, decision="approve", digest=preview.digest).status_code == 409


def test_a_lead_does_not_approve_a_request_of_their_own(desk: Web, prefect: PrefectStandIn) -> None:
    lead = desk.as_role("lead")
    _post(lead, _form(lead))
    (run_id,) = prefect.runs
    assert "Approve</button>" not in lead.get(f"/actions/{run_id}").text
    assert _decide(lead, run_id, decision="approve", digest="0" * 64).status_code == 409


def test_an_agent_does_not_see_anothers_action(desk: Web, prefect: PrefectStandIn) -> None:
    lead = desk.as_role("lead")
    _post(lead, _form(lead))
    (run_id,) = prefect.runs
    agent = desk.as_role("agent")
    assert agent.get(f"/actions/{run_id}").status_code == 403
    assert agent.get(f"/actions/{run_id}/state").status_code == 403
    assert run_id not in agent.get("/actions").text
    assert desk.as_role("auditor").get(f"/actions/{run_id}").status_code == 200


@pytest.mark.parametrize("run_id", ["1", "../../admin", "00000000-0000-4000-8000-000000000000"])
def test_a_run_that_is_none_is_not_found(desk: Web, run_id: str) -> None:
    assert desk.as_role("lead").get(f"/actions/{run_id}").status_code == 404


def test_a_strangers_run_with_anything_in_it_is_shown_and_harmless(desk: Web, prefect: PrefectStandIn) -> None:
    _, run = prefect.create({"idempotency_key": "x", "tags": [], "parameters": {"request": {"object_id": ["a"]}}})
    run["parameters"]["request"] |= {"amount_minor": 5, "currency": "zzz", "requester": "<b>me</b>", "action": 7}
    lead = desk.as_role("lead")
    for path in ("/actions", f"/actions/{run['id']}", f"/customers/{ZOE}"):
        answer = lead.get(path)
        assert answer.status_code == 200
        assert "<b>me</b>" not in answer.text
