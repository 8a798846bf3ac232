"""Many refunds on one approval: each item once, in a run of its own, and nothing that was not approved."""

from __future__ import annotations

import signal
from dataclasses import asdict, replace

import pytest

from counterfoil.approvals import sign_approval
from counterfoil.batch_queue import DEPLOYMENT, ITEM_DEPLOYMENT, asked_before, decide, results
from counterfoil.batches import item_request, proof_of, sign_batch
from counterfoil.queue import DEPLOYMENT as CARRY_OUT
from counterfoil.queue import NotWaiting, input_prefix
from counterfoil.requests import utc_now
from tests.actions.batch_stand import (
    AMOUNT,
    approve,
    ended,
    fresh_items,
    given_back,
    item_of,
    signer,
    step,
    submitted,
    waiting,
    wish,
    yes,
)
from tests.actions.stand import Stand, wait_for

NO_RUN = "11111111-1111-4111-8111-111111111111"


def test_an_approved_batch_refunds_each_item_once_in_a_run_of_its_own(stand: Stand) -> None:
    items = fresh_items(stand, 2)
    charge = stand.charge()
    too_much = item_of(charge, 4, charge["amount_captured"] + 1)
    unknown = replace(items[0], object_id="ch_nobody_knows", line=5)
    batch = wish(stand, [*items, too_much, unknown])
    run_id = waiting(stand, batch)
    assert given_back(stand, items) == [[], []]
    approve(stand, batch, run_id)
    run = ended(stand, run_id)
    assert run.state_name == "Done" and run.sentence.startswith("Of 4 items: 2 "), run.sentence
    assert "2 done" in run.sentence and "2 refused" in run.sentence and "6.00 EUR moved." in run.sentence
    assert run.counts_by_state == {"Done": 2, "Refused": 2}
    own = [one.run for one in results(stand.queue, batch, range(4)) if one.run]
    assert [one.state_name for one in own] == ["Done", "Done", "Refused", "Refused"]
    assert len({one.run_id for one in own}) == 4
    assert "is left" in own[2].sentence and "knows no charge" in own[3].sentence
    assert given_back(stand, items) == [[AMOUNT], [AMOUNT]] and stand.refunds(charge["id"]) == []
    assert [one.run.run_id for one in asked_before(stand.queue, batch.list_digest, {})] == [run_id]


def test_a_denied_batch_moves_nothing(stand: Stand) -> None:
    items = fresh_items(stand, 2)
    batch = wish(stand, items)
    run_id = waiting(stand, batch)
    decide(stand.queue, run_id, batch, "deny", signer(stand), comment="Not all of them.", now=utc_now())
    run = ended(stand, run_id)
    assert (run.state_name, run.sentence) == ("Refused", "lena denied it: Not all of them.")
    assert given_back(stand, items) == [[], []]


@pytest.mark.parametrize("case", ["unsigned", "the requester"])
def test_an_approval_that_does_not_hold_moves_nothing(stand: Stand, case: str) -> None:
    items = fresh_items(stand, 1)
    batch = wish(stand, items)
    run_id = waiting(stand, batch)
    approval = yes(batch, run_id, **({"approver": batch.requester.upper()} if case == "the requester" else {}))
    signature = "AAAA" if case == "unsigned" else sign_approval(approval, stand.key)
    value = {"approval": asdict(approval), "signature": signature}
    stand.queue.add_input(run_id, f"{input_prefix(batch.digest)}x", value)
    stand.queue.resume(run_id)
    assert ended(stand, run_id).state_name == "Refused"
    assert given_back(stand, items) == [[]]


def test_what_was_made_through_prefects_api_moves_nothing(stand: Stand) -> None:
    items = fresh_items(stand, 1)
    batch = wish(stand, items)
    signed, request = sign_batch(batch, stand.key), asdict(batch)
    approval = yes(batch, NO_RUN)
    item = asdict(item_request(batch, approval, items[0], 0))
    proof = proof_of(batch, signed, approval, sign_approval(approval, stand.key), 0)
    more = item | {"amount_minor": AMOUNT + 1, "request_id": "req_" + "1" * 32}
    made = [
        (DEPLOYMENT, request, "AAAA", batch.request_id, "no valid signature"),
        (DEPLOYMENT, request, signed, "another key", "a copy of a batch"),
        (DEPLOYMENT, {}, "", "nothing at all", "no valid signature"),
        (ITEM_DEPLOYMENT, more, proof, "req_" + "1" * 32, "not the item that was approved"),
        (CARRY_OUT, item, proof, item["request_id"], "has its own run"),
    ]
    for deployment, asked, signature, key, words in made:
        parameters = {"request": asked, "signature": signature}
        run = ended(stand, stand.queue.create_run(deployment, parameters, key=key, tags=[]).run_id)
        assert run.state_name == "Refused" and words in run.sentence, run.sentence
    assert given_back(stand, items) == [[]]


def test_a_batch_is_paused_resumed_and_stopped_by_signed_words_only(stand: Stand) -> None:
    items = fresh_items(stand, 12)
    batch = wish(stand, items)
    run_id = waiting(stand, batch)
    approve(stand, batch, run_id)
    wait_for("the first refund", lambda: any(given_back(stand, items)), 90)
    # A word of somebody who may not decide changes nothing.
    step(stand, batch, run_id, "stop", signer(stand, "mallory", "agent"))
    step(stand, batch, run_id, "pause")
    paused = stand.until(run_id, lambda run: run.state_name == "Paused", 90)
    assert "lena paused it" in paused.sentence
    before = given_back(stand, items)
    assert [] in before, "it was paused too late for this test to show anything"
    # Somebody who speaks to Prefect directly resumes nothing.
    stand.queue.resume(run_id)
    stand.until(run_id, lambda run: run.state_name == "Paused" and "lena" in run.sentence, 90)
    assert given_back(stand, items) == before
    step(stand, batch, run_id, "resume")
    wait_for("another refund", lambda: given_back(stand, items) != before, 90)
    step(stand, batch, run_id, "stop")
    run = ended(stand, run_id)
    done = sum(bool(one) for one in given_back(stand, items))
    assert run.state_name == "Cancelled" and run.sentence.startswith("lena stopped it."), run.sentence
    assert 0 < done < 12 and f"{done} done" in run.sentence and "were not begun" in run.sentence, run.sentence
    refused = [one.run for one in results(stand.queue, batch, range(12)) if one.run and one.run.state_name == "Refused"]
    assert all("stopped the batch before this was begun" in one.sentence for one in refused)
    assert all(amounts in ([], [AMOUNT]) for amounts in given_back(stand, items))
    with pytest.raises(NotWaiting):
        step(stand, batch, run_id, "resume")


def test_a_batch_that_is_stopped_before_its_approval_ends_and_moves_nothing(stand: Stand) -> None:
    items = fresh_items(stand, 1)
    batch = wish(stand, items)
    run_id = waiting(stand, batch)
    step(stand, batch, run_id, "stop")
    run = ended(stand, run_id)
    assert run.state_name == "Cancelled" and "before it was approved" in run.sentence, run.sentence
    assert given_back(stand, items) == [[]]


def test_the_same_batch_handed_in_twice_is_one_run(stand: Stand) -> None:
    batch = wish(stand, fresh_items(stand, 1))
    run_id = submitted(stand, batch)
    assert submitted(stand, replace(batch, requested_at=utc_now().isoformat())) == run_id


@pytest.mark.long
def test_a_batch_whose_worker_is_killed_is_finished_by_the_next_one(bare_stand: Stand) -> None:
    items = fresh_items(bare_stand, 10)
    batch = wish(bare_stand, items)
    with bare_stand.worker(COUNTERFOIL_FAULT="after_perform") as worker:
        run_id = waiting(bare_stand, batch)
        approve(bare_stand, batch, run_id)
        wait_for("the worker's death", lambda: worker.poll() is not None, 120)
        assert worker.returncode == -signal.SIGKILL
    with bare_stand.worker():
        assert ended(bare_stand, run_id, 180).state_name == "Done"
    assert given_back(bare_stand, items) == [[AMOUNT]] * 10
