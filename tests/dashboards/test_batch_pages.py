"""Batches in the pages: a list, a dry run, one asks, another approves, and the result is a file of every line."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from counterfoil.approvals import verified_approval
from counterfoil.batches import verified_batch, verified_step
from counterfoil.queue import input_prefix
from counterfoil.signing_keys import public_keys
from counterfoil.users import add_user
from tests.dashboards.conftest import Web, hidden, make_web, token
from tests.dashboards.prefect_stand_in import PrefectStandIn
from tests.dashboards.published_reports import NOW

CSV = "charge,amount,currency\nch_zoe1_invoiced,,\nch_zoe2_part,10.00,EUR\nch_kenji1,500,JPY\nch_zoe3_disputed,,\n"
WORDS = {"reason_code": "duplicate", "reason_text": "The outage of <b>Sunday</b>"}
PASSWORD = "a long enough one"


def uploaded(client: TestClient, text: str | bytes = CSV, name: str = "bad day.csv") -> Any:
    """What comes of an uploaded file."""
    data = {"csrf": token(client.get("/batches/new").text)}
    return client.post("/batches/lists", data=data, files={"file": (name, text, "text/csv")})


def asked(client: TestClient, page: str, **changes: str) -> Any:
    """What comes of asking for the list of a dry run."""
    return client.post("/batches", data={**hidden(page), **WORDS, **changes}, follow_redirects=False)


def other_lead(web: Web) -> TestClient:
    """A second lead, signed in."""
    add_user(web.paths, "lena@example.com", "lead", PASSWORD)
    client = web.open()
    form = {**hidden(client.get("/sign-in").text), "name": "lena@example.com", "password": PASSWORD}
    assert client.post("/sign-in", data=form, follow_redirects=False).status_code == 303
    return client


def test_a_file_becomes_a_batch_that_another_lead_approves(desk: Web, prefect: PrefectStandIn) -> None:
    lars, keys = desk.as_role("lead"), public_keys(desk.paths.keys)
    dry = uploaded(lars)
    assert dry.status_code == 200 and not prefect.runs, "a dry run asks for nothing"
    assert "129.00" in dry.text and "500" in dry.text and "Ask for these 3 refunds" in dry.text
    left_out = lars.get(f"{dry.url.path}?show=left out").text
    assert "Disputed" in left_out and "ch_zoe3_disputed" in left_out and "ch_zoe1_invoiced" not in left_out
    places = {asked(lars, dry.text).headers["location"] for _ in range(3)}
    assert len(places) == 1 and len(prefect.runs) == 1, "however often the form is sent, it is one batch"
    ((run_id, run),) = prefect.runs.items()
    batch = verified_batch(run["parameters"]["request"], run["parameters"]["signature"], keys, now=NOW)
    assert (batch.items, batch.totals, batch.requester) == (3, {"EUR": 12900, "JPY": 500}, "lead@sandbox.example")
    prefect.move(run_id, "PAUSED", "Suspended", "3 items wait for the approval of a lead.")
    own = lars.get(f"/batches/{run_id}").text
    assert "another lead must decide" in own and "Approve all" not in own and "<b>Sunday</b>" not in own
    form = {"csrf": token(own), "digest": batch.digest, "decision": "approve"}
    refused = lars.post(f"/batches/{run_id}/decision", data=form)
    assert refused.status_code == 409 and "Nobody approves a request of their own" in refused.text
    lena = other_lead(desk)
    page = lena.get(f"/batches/{run_id}").text
    assert "Approve all 3" in page and f'name="digest" value="{batch.digest}"' in page
    denied = lena.post(f"/batches/{run_id}/decision", data={**hidden(page), "decision": "deny"})
    assert denied.status_code == 409 and "write why" in denied.text and not prefect.inputs[run_id]
    answer = lena.post(f"/batches/{run_id}/decision", data={**hidden(page), "decision": "approve"})
    assert answer.status_code == 200
    (given,) = prefect.inputs[run_id]
    value = json.loads(given["value"])
    approval = verified_approval(value["approval"], value["signature"], keys)
    assert given["key"].startswith(input_prefix(batch.digest))
    assert (approval.approver, approval.digest, approval.run_id) == ("lena@example.com", batch.digest, run_id)


def begun(desk: Web, prefect: PrefectStandIn) -> tuple[TestClient, str]:
    """A lead, and the run of a batch of theirs of which one item is done and one refused."""
    client = desk.as_role("lead")
    place = asked(client, uploaded(client).text).headers["location"]
    ((run_id, run),) = prefect.runs.items()
    assert place == f"/batches/{run_id}"
    batch = verified_batch(
        run["parameters"]["request"], run["parameters"]["signature"], public_keys(desk.paths.keys), now=NOW
    )
    for index, (name, sentence) in enumerate((("Done", "Refunded."), ("Refused", "=1+1 was refused"))):
        item = item_run(prefect, batch.request_id, index)
        prefect.move(item, "COMPLETED", name, sentence)
    prefect.move(run_id, "RUNNING", "Running", "", **{"counterfoil.batch.Done": 1, "counterfoil.batch.Refused": 1})
    return client, run_id


def item_run(prefect: PrefectStandIn, batch_id: str, index: int) -> str:
    """The run of an item, as the batch's flow makes it."""
    from uuid import NAMESPACE_DNS, uuid5

    from counterfoil.batches import item_request_id

    key = item_request_id(batch_id, index)
    parameters = {"request": {"request_id": key}, "signature": ""}
    body = {"idempotency_key": key, "tags": [f"batch:{batch_id}"], "parameters": parameters}
    _, run = prefect.create({**body, "deployment_id": str(uuid5(NAMESPACE_DNS, "carry-out-item"))})
    return str(run["id"])


def test_the_page_of_a_batch_tells_how_far_it_is_and_its_file_tells_every_line(
    desk: Web, prefect: PrefectStandIn
) -> None:
    client, run_id = begun(desk, prefect)
    page = client.get(f"/batches/{run_id}").text
    assert "2 of 3 have ended" in page and 'value="2" max="3"' in page and "Pause" in page
    mark = client.get(f"/batches/{run_id}/state").json()["mark"]
    assert f'data-mark="{mark}"' in page
    prefect.move(run_id, "RUNNING", "Running", "", **{"counterfoil.batch.Done": 2})
    assert client.get(f"/batches/{run_id}/state").json()["mark"] != mark
    rest = client.get(f"/batches/{run_id}?show=not done").text
    assert "ch_zoe2_part" in rest and "ch_kenji1" not in rest and "ch_zoe1_invoiced" not in rest
    for reader in ("lead", "auditor", "finance"):
        file = desk.as_role(reader).get(f"/batches/{run_id}?format=csv")
        lines = [line.split(",") for line in file.content.decode("utf-8-sig").splitlines()]
        assert [line[:3] for line in lines[1:]] == [
            ["2", "ch_zoe1_invoiced", "Done"],
            ["3", "ch_zoe2_part", "Refused"],
            ["4", "ch_kenji1", "Not begun"],
            ["5", "ch_zoe3_disputed", "Left out"],
        ]
        assert lines[2][5] == "'=1+1 was refused", "a text is no formula"
    assert desk.as_role("auditor").get("/batches").text.count(run_id) == 1


def test_a_batch_is_paused_by_a_signed_word_and_not_by_everybody(desk: Web, prefect: PrefectStandIn) -> None:
    client, run_id = begun(desk, prefect)
    csrf = token(client.get(f"/batches/{run_id}").text)
    assert client.post(f"/batches/{run_id}/steps", data={"csrf": csrf, "step": "pause"}).status_code == 200
    (given,) = prefect.inputs[run_id]
    value = json.loads(given["value"])
    step = verified_step(value["step"], value["signature"], public_keys(desk.paths.keys))
    assert (step.step, step.by, step.run_id) == ("pause", "lead@sandbox.example", run_id)
    for role, status in (("finance", 409), ("auditor", 403), ("agent", 403)):
        other = desk.as_role(role)
        form = {"csrf": token(other.get("/audit" if role == "auditor" else "/customers").text), "step": "stop"}
        assert other.post(f"/batches/{run_id}/steps", data=form).status_code == status
    assert client.post(f"/batches/{run_id}/steps", data={"csrf": csrf, "step": "explode"}).status_code == 400
    prefect.move(run_id, "COMPLETED", "Done", "Of 3 items: 3 done.")
    ended = client.post(f"/batches/{run_id}/steps", data={"csrf": csrf, "step": "stop"})
    assert ended.status_code == 409 and "has ended" in ended.text
    assert len(prefect.inputs[run_id]) == 1


def test_the_same_list_again_needs_a_tick(desk: Web, prefect: PrefectStandIn) -> None:
    client, run_id = begun(desk, prefect)
    again = uploaded(client)
    assert "This list was asked for before" in again.text and f"/batches/{run_id}" in again.text
    answer = asked(client, again.text)
    assert answer.status_code == 409 and "tick the box" in answer.text
    assert asked(client, again.text, again="yes").status_code == 303
    assert len([run for run in prefect.runs.values() if "feeds" in run["tags"]]) == 2


BAD: dict[str, tuple[str | bytes, str]] = {
    "columns": ("sum\n1\n", "Line 1: there is no column"),
    "a line": ("charge,amount,currency\nch_1,much,EUR\n", "Line 2: &#39;much&#39; is not an amount"),
    "markup": ("charge\n<script>alert(1)</script>\n", "Line 2: &#39;&lt;script&gt;"),
    "encoding": ("charge\nch_\xe9\n".encode("latin-1"), "Line 2: the file is not UTF-8"),
    "two megabytes of no list": (b"charge\n" + b"x\n" * 1_000_000, "more than 100,000 lines"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_taken_is_told_with_its_lines(web: Web, case: str) -> None:
    body, words = BAD[case]
    answer = uploaded(web.as_role("lead"), body)
    assert answer.status_code == 400 and words in answer.text
    assert not web.paths.batches.exists()


def test_what_is_too_large_or_no_file_is_refused_in_a_sentence(web: Web) -> None:
    client = web.as_role("lead")
    huge = uploaded(client, b"x" * 17_100_000)
    assert huge.status_code == 413
    csrf = token(client.get("/batches/new").text)
    assert client.post("/batches/lists", data={"csrf": csrf}).status_code == 400
    assert client.post("/batches/filters", data={"csrf": csrf, "from": "yesterday"}).status_code == 400
    assert client.post("/batches/filters", data={"csrf": csrf, "colour": "red"}).status_code == 400


def test_a_filter_of_the_settings_fills_the_form_and_finds_charges(var: Any) -> None:
    kept = {"name": "Atlas this month", "kind": "all", "days": 30, "product": "Atlas"}
    client = make_web(var, batch_filters=[kept], clock=lambda: datetime(2026, 11, 12, tzinfo=NOW.tzinfo)).as_role(
        "lead"
    )
    page = client.get("/batches/new").text
    assert "Atlas this month" in page
    form = {"csrf": token(page), "kind": "all", "from": "2026-11-01", "to": "2026-11-12", "product": "Atlas"}
    dry = client.post("/batches/filters", data=form)
    assert dry.status_code == 200 and "ch_zoe1_invoiced" in dry.text and "all charges" in dry.text
    nothing = client.post("/batches/filters", data={**form, "kind": "duplicates"})
    assert nothing.status_code == 400 and "finds no charge" in nothing.text


def test_a_form_of_another_person_or_for_another_list_asks_for_nothing(desk: Web, prefect: PrefectStandIn) -> None:
    page = uploaded(desk.as_role("lead")).text
    lena = other_lead(desk)
    form = {**hidden(page), **WORDS, "csrf": token(lena.get("/batches/new").text)}
    assert lena.post("/batches", data=form).status_code == 400
    assert lena.post("/batches", data={**form, "sealed": "forged"}).status_code == 400
    assert lena.get("/batches/lists/" + "0" * 64).status_code == 404
    assert lena.get("/batches/nothing").status_code == 404
    finance = desk.as_role("finance")
    assert "not ask for batches; lead may." in finance.get("/batches/new").text
    dry = uploaded(finance)
    assert "no limit in EUR" in finance.get(f"{dry.url.path}?show=left out").text
    assert "Ask for approval" not in dry.text and not prefect.runs
