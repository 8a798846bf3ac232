"""Whoever can reach Prefect's API can make, copy, change and restart runs. None of that moves money."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.action_runs import ActionRun
from counterfoil.requests import new_request_id, sign_request
from tests.actions.stand import Stand


def made_by_hand(stand: Stand, parameters: dict[str, Any], key: str | None = None) -> ActionRun:
    made = stand.queue.create_run("carry-out/carry-out", parameters, key=key or new_request_id(), tags=[])
    return stand.finished(made.run_id)


@pytest.mark.parametrize("signature", ["", "nonsense", "AAAA", 7, None])
def test_a_run_without_a_valid_signature_is_refused_and_sends_nothing(stand: Stand, signature: object) -> None:
    charge = stand.charge()
    wish = stand.wish(charge)
    run = made_by_hand(stand, {"request": asdict(wish), "signature": signature}, wish.request_id)
    assert run.state_name == "Refused"
    assert "made or changed outside Counterfoil" in run.sentence or "base64" in run.sentence
    assert stand.refunds(charge["id"]) == []


def test_a_signature_of_another_key_is_refused(stand: Stand) -> None:
    wish = stand.wish(stand.charge())
    forged = sign_request(wish, Ed25519PrivateKey.generate())
    run = made_by_hand(stand, {"request": asdict(wish), "signature": forged}, wish.request_id)
    assert run.state_name == "Refused"
    assert stand.refunds(wish.object_id) == []


def test_a_changed_amount_breaks_the_signature(stand: Stand) -> None:
    wish = stand.wish(stand.charge())
    signature = sign_request(wish, stand.key)
    changed = asdict(replace(wish, amount_minor=900))
    run = made_by_hand(stand, {"request": changed, "signature": signature}, wish.request_id)
    assert run.state_name == "Refused"
    assert stand.refunds(wish.object_id) == []


def test_a_signed_request_copied_into_a_second_run_is_refused(stand: Stand) -> None:
    wish = stand.wish(stand.charge())
    stand.finished(stand.submit(wish))
    run = made_by_hand(stand, {"request": asdict(wish), "signature": sign_request(wish, stand.key)})
    assert run.state_name == "Refused"
    assert "copy of a request" in run.sentence
    assert len(stand.refunds(wish.object_id)) == 1


@pytest.mark.parametrize("request_", [None, [], "refund all", {"request_id": {"a": 1}}, {"x" * 1000: "y" * 100_000}])
def test_parameters_of_any_shape_are_refused(stand: Stand, request_: object) -> None:
    run = made_by_hand(stand, {"request": request_, "signature": "c2ln"})
    assert run.state_name == "Refused", run.sentence


def test_a_finished_run_that_is_started_again_sends_nothing(stand: Stand) -> None:
    charge = stand.charge()
    refused = stand.finished(stand.submit(stand.wish(charge, reason_code="because")))
    assert refused.state_name == "Refused"
    done = stand.finished(stand.submit(stand.wish(charge)))
    before = len(stand.posts())
    for run in (refused, done):
        assert stand.queue.set_state(run.run_id, "SCHEDULED", "Scheduled", "again") == "ACCEPT"
    for run in (refused, done):
        stand.until(run.run_id, lambda one: one.is_finished and has_ended_twice(stand, one))
    assert len(stand.posts()) == before
    assert stand.finished(done.run_id).state_name == "Done"
    assert stand.finished(refused.run_id).state_name == "Refused"


def has_ended_twice(stand: Stand, run: ActionRun) -> bool:
    """Whether a run was carried out to its end a second time."""
    return [state["type"] for state in stand.queue.states(run.run_id)].count("COMPLETED") > 1
