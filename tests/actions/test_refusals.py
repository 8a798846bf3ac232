"""What may not be done is refused with a sentence, and nothing is sent."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from counterfoil.people import agent_tag
from counterfoil.requests import sign, tags_of
from tests.actions.stand import Stand

CASES: dict[str, tuple[dict[str, Any], str]] = {
    "more than is left": ({"amount_minor": 49_999}, "only"),
    "another currency": ({"currency": "USD"}, "The charge is in EUR"),
    "an unknown charge": ({"object_id": "ch_nobody"}, "knows no charge"),
    "a charge id with a path": ({"object_id": "../refunds"}, "knows no charge"),
    "an account that is only read": ({"account": "stripe/us"}, "only read"),
    "an unknown account": ({"account": "stripe/mars"}, "no account"),
    "an action that the gateway lacks": (
        {
            "action": "add_order_note",
            "object_kind": "order",
            "amount_minor": None,
            "currency": None,
            "details": {"note": "x"},
        },
        "cannot add order note",
    ),
    "a charge that holds nothing": ({"action": "capture"}, "holds nothing"),
    "above the role's limit": ({"amount_minor": 50_001}, "above the limit"),
    "a role without the right": ({"role": "auditor"}, "may not refund"),
    "an unknown role": ({"role": "emperor"}, "may not refund"),
    "a reason that is not in the policy": ({"reason_code": "boredom"}, "Choose one of the reasons"),
    "no words": ({"reason_text": "  "}, "Write why"),
    "a currency that is none": ({"currency": "ZZZ"}, "not an ISO 4217"),
    "zero": ({"amount_minor": 0}, "greater than zero"),
    "a negative amount": ({"amount_minor": -5}, "greater than zero"),
    "a fraction": ({"amount_minor": 10.5}, "wrong kind"),
    "true as an amount": ({"amount_minor": True}, "wrong kind"),
    "an amount without currency": ({"currency": None}, "needs its currency"),
    "a reason of 400 kB": ({"reason_text": "x" * 400_000}, "longer than"),
    "control characters": ({"reason_text": "a\x00b"}, "control characters"),
    "a clock ten minutes ahead": ({"requested_at": "2099-01-01T00:00:00+00:00"}, "future"),
    "a request of last year": ({"requested_at": "2025-01-01T00:00:00+00:00"}, "older than"),
}


@pytest.fixture(scope="module")
def asked(stand: Stand) -> dict[str, tuple[str, str]]:
    """Run and charge of each case; all are queued at once."""
    return {name: _ask(stand, changes) for name, (changes, _) in CASES.items()}


def _ask(stand: Stand, changes: dict[str, Any]) -> tuple[str, str]:
    charge = stand.charge()
    wish = stand.wish(charge)
    payload = {**asdict(wish), **changes}
    tags = [*tags_of(wish), agent_tag(wish.requester)]
    # Signed as it is: a web service with a defect must not get it through either.
    parameters = {"request": payload, "signature": sign(payload, stand.key)}
    made = stand.queue.create_run("carry-out/carry-out", parameters, key=wish.request_id, tags=tags)
    return made.run_id, charge["id"]


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_a_sentence_and_nothing_is_sent(
    stand: Stand, asked: dict[str, tuple[str, str]], name: str
) -> None:
    run_id, charge_id = asked[name]
    run = stand.finished(run_id)
    assert run.state_name == "Refused", run.sentence
    assert CASES[name][1] in run.sentence
    assert stand.refunds(charge_id) == []


def test_all_that_is_left_is_refunded_once_and_then_nothing_is_left(stand: Stand) -> None:
    charge = stand.charge(at_most=15_000)
    everything = {"amount_minor": None, "currency": None}
    done = stand.finished(stand.submit(stand.wish(charge, **everything)))
    assert (done.state_name, done.amount_minor) == ("Done", charge["amount_captured"])
    run = stand.finished(stand.submit(stand.wish(charge, **everything, is_again=True)))
    assert (run.state_name, run.sentence) == ("Refused", "Everything was refunded already.")
    assert [refund["amount"] for refund in stand.refunds(charge["id"])] == [charge["amount_captured"]]


def test_the_daily_limit_counts_in_order_of_creation(stand: Stand) -> None:
    """Eleven requests of 190.00 EUR at once against a limit of 2,000.00 EUR a day: the last one is refused."""
    charges = [stand.charge(at_least=19_000, at_most=50_000) for _ in range(11)]
    wishes = [stand.wish(charge, amount_minor=19_000, requester="busy-agent") for charge in charges]
    runs = [stand.submit(wish) for wish in wishes]
    names = [stand.finished(run_id).state_name for run_id in runs]
    assert names == ["Done"] * 10 + ["Refused"]
    assert stand.refunds(charges[10]["id"]) == []
