"""A refund through the real queue, the real worker and the stateful sandbox."""

from __future__ import annotations

from tests.actions.stand import Stand


def test_one_request_gives_one_refund_and_says_so(stand: Stand) -> None:
    charge = stand.charge()
    run = stand.finished(stand.submit(stand.wish(charge)))
    assert (run.state_type, run.state_name) == ("COMPLETED", "Done"), run.sentence
    (refund,) = stand.refunds(charge["id"])
    assert refund["amount"] == 500
    assert refund["metadata"]["counterfoil_request_id"] == run.request_id
    assert run.gateway_reference == refund["id"]
    assert run.sentence == f"Refunded 5.00 EUR of {charge['id']} ({refund['id']})."
