"""The peer of `bench.actions`: a flow that asks for one refund, served by Prefect's own runner."""

from __future__ import annotations

import os

import httpx
from prefect import flow

from tests.actions.stand import KEY


@flow(name="refund-served")
def refund(charge: str) -> None:
    """Ask the stand-in for a refund of 5.00, with the charge as idempotency key."""
    url = os.environ["BENCH_GATEWAY"] + "/v1/refunds"
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": charge}
    httpx.post(url, data={"charge": charge, "amount": 500}, headers=headers, timeout=30).raise_for_status()


if __name__ == "__main__":
    refund.serve(name="refund-served", limit=10)
