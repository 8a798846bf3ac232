"""The answer was lost, late or unreadable: look first, and never move the money twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.stand import Stand
from tests.spread import others_long


@pytest.mark.parametrize(
    "kind",
    others_long(
        ["timeout_after", "drop_after", "error_after", "malformed", "truncated", "wrong_types"],
        kept=["drop_after", "error_after", "wrong_types"],
    ),
)
def test_refund_after_a_lost_answer_is_looked_up_not_repeated(stand: Stand, kind: str) -> None:
    charge = stand.charge()
    before = len(stand.posts())
    stand.sandbox.fault(kind, path="/v1/refunds", seconds=0.5)
    run = stand.finished(stand.submit(stand.wish(charge)))
    assert run.state_name == "Done", run.sentence
    assert len(stand.refunds(charge["id"])) == 1
    assert len(stand.posts()) == before + 1, "it was found by looking, not sent a second time"


@pytest.mark.parametrize("kind", others_long(["timeout_before", "drop_before"], kept=["drop_before"]))
def test_refund_whose_request_was_lost_is_sent_again_with_the_same_key(stand: Stand, kind: str) -> None:
    charge = stand.charge()
    stand.sandbox.fault(kind, path="/v1/refunds", seconds=0.5)
    run = stand.finished(stand.submit(stand.wish(charge)))
    assert run.state_name == "Done", run.sentence
    assert len(stand.refunds(charge["id"])) == 1
    kinds = [record["kind"] for record in journaled(stand, run.request_id)]
    assert kinds.count("attempt") == 2
    assert "looked_up" in kinds, "before the second attempt it was looked up"


def test_a_busy_gateway_is_asked_again_within_bounds(stand: Stand) -> None:
    charge = stand.charge()
    stand.sandbox.fault("rate_limited", path="/v1/refunds", count=2, retry_after=0)
    assert stand.finished(stand.submit(stand.wish(charge))).state_name == "Done"
    assert len(stand.refunds(charge["id"])) == 1


def test_a_gateway_that_never_takes_it_ends_as_refused_and_nothing_moved(stand: Stand) -> None:
    charge = stand.charge()
    stand.sandbox.fault("rate_limited", path="/v1/refunds", count=4, retry_after=0)
    run = stand.finished(stand.submit(stand.wish(charge)))
    assert (run.state_name, "nothing moved" in run.sentence) == ("Refused", True)
    assert stand.refunds(charge["id"]) == []


def test_a_500_that_the_gateway_repeats_for_the_key_ends_as_pending_with_the_reason(stand: Stand) -> None:
    """Stripe keeps the answer of a key's first use, a 500 too: the key protects, and no other key is tried."""
    charge = stand.charge()
    stand.sandbox.fault("error_before", path="/v1/refunds")
    run = stand.finished(stand.submit(stand.wish(charge)))
    assert run.state_name == "Pending"
    assert "not known yet whether 5.00 EUR moved" in run.sentence
    assert stand.refunds(charge["id"]) == []


def journaled(stand: Stand, request_id: str) -> list[dict[str, Any]]:
    """What the worker wrote down about a request."""
    from warehouse.books.audit_chain import read_journals, records_of

    return records_of(read_journals(stand.paths.journal), request_id)
