"""One request, one id, one run, one refund: whatever is clicked, repeated or raced."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.queue import EarlierRequest, RequestConflict
from counterfoil.requests import ActionRequest, new_request_id, sign_request, utc_now
from tests.actions.stand import Stand


def test_fifty_copies_at_once_are_one_run_and_one_refund(stand: Stand) -> None:
    charge = stand.charge()
    wish = stand.wish(charge)

    def copy(number: int) -> tuple[str, bool]:
        again = replace(wish, requested_at=(utc_now() + timedelta(milliseconds=number)).isoformat())
        submitted = stand.queue.submit(again, sign_request(again, stand.key))
        return submitted.run_id, submitted.is_new

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(copy, range(50)))
    assert len({run_id for run_id, _ in answers}) == 1
    assert [is_new for _, is_new in answers].count(True) <= 1
    assert stand.finished(answers[0][0]).state_name == "Done"
    assert len(stand.refunds(charge["id"])) == 1


def test_the_same_id_with_another_amount_is_a_conflict(stand: Stand) -> None:
    wish = stand.wish(stand.charge())
    stand.submit(wish)
    with pytest.raises(RequestConflict):
        stand.submit(replace(wish, amount_minor=501))


def test_the_same_refund_under_another_id_is_shown_not_run(stand: Stand) -> None:
    charge = stand.charge()
    first = stand.finished(stand.submit(stand.wish(charge)))
    with pytest.raises(EarlierRequest) as found:
        stand.submit(stand.wish(charge))
    assert found.value.run.run_id == first.run_id
    assert len(stand.refunds(charge["id"])) == 1


def test_the_same_refund_again_runs_when_it_is_confirmed(stand: Stand) -> None:
    charge = stand.charge(at_least=1_000)
    stand.finished(stand.submit(stand.wish(charge)))
    assert stand.finished(stand.submit(stand.wish(charge, is_again=True))).state_name == "Done"
    assert [refund["amount"] for refund in stand.refunds(charge["id"])] == [500, 500]


def test_two_tabs_at_once_give_one_refund_and_one_refusal(stand: Stand) -> None:
    """Both pass the look at submitting; in the flow only the later one sees the other."""
    charge = stand.charge()
    wishes = [stand.wish(charge), stand.wish(charge)]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda wish: _create(stand, wish), wishes))
    names = sorted(stand.finished(run_id).state_name for run_id in runs)
    assert names == ["Done", "Refused"]
    assert len(stand.refunds(charge["id"])) == 1


def _create(stand: Stand, wish: ActionRequest) -> str:
    unseen = replace(wish, request_id=new_request_id())
    from dataclasses import asdict

    from counterfoil.people import agent_tag
    from counterfoil.requests import tags_of

    parameters = {"request": asdict(unseen), "signature": sign_request(unseen, stand.key)}
    tags = [*tags_of(unseen), agent_tag(unseen.requester)]
    return stand.queue.create_run("carry-out/carry-out", parameters, key=unseen.request_id, tags=tags).run_id
