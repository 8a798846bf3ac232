"""An agent runs a macro in each of the five helpdesks: it refunds once, and the ticket tells what came of it."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
import pytest

from connectors.helpdesks.registry import NAMES
from counterfoil.settings import load_settings
from sandbox.helpdesks.pages import PATHS
from tests.actions.stand import wait_for
from tests.e2e.conftest import CONTROL, Installation
from warehouse.published import PublishedFile

pytestmark = pytest.mark.e2e
WITHIN_S = 90.0
"""Far more than it takes: the machine may be busy."""


def test_a_macro_becomes_a_refund_and_a_note(installation: Installation) -> None:
    helpdesks = {one.kind: one.api_base for one in load_settings(installation.settings).helpdesks}
    assert set(helpdesks) == set(NAMES)
    tickets = {kind: tickets_of(url)[0]["id"] for kind, url in helpdesks.items()}
    for (kind, url), charge_id in zip(helpdesks.items(), charges(installation), strict=True):
        text = f"counterfoil: refund part\namount: 1.01\nid: {charge_id}\nsure: yes\nreason: goodwill\nThrough {kind}."
        sent = {"agent": "9001", "kind": "note", "text": text}
        answer = httpx.post(f"{url}{PATHS[kind]}{tickets[kind]}", data=sent, timeout=30)
        assert answer.status_code == 303
    for kind, url in helpdesks.items():
        note = wait_for(f"the note in {kind}", partial(told, url, tickets[kind]), WITHIN_S)
        said = note["html"].replace("\\", "")
        for word in ("Done", "1.01 EUR", f"Through {kind}.", "agent@sandbox.example"):
            assert word in said, word
    moved = [
        refund["amount"]
        for charge in installation.books()["charges"].values()
        for refund in charge["refunds"]
        if refund["amount"] == 101
    ]
    assert moved == [101] * len(NAMES)


def charges(installation: Installation) -> list[str]:
    """Five charges that can be refunded at once."""
    rows = PublishedFile(installation.var / "published").rows(
        "SELECT charge_id FROM canonical.charges WHERE account = 'stripe/eu' AND status = 'succeeded'"
        " AND currency = 'EUR' AND refunded_minor = 0 AND NOT is_disputed"
        " AND amount_minor > 1000 AND card_last4 = '4242'"
        " ORDER BY created_at LIMIT 5"
    )
    return [row["charge_id"] for row in rows]


def tickets_of(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{url}/_sandbox/tickets", headers=CONTROL, timeout=30).json()["tickets"]
    return found


def told(url: str, ticket_id: str) -> dict[str, Any] | None:
    """Our newest note on a ticket: neither the macro's nor one that waits."""
    thread = next(one["thread"] for one in tickets_of(url) if one["id"] == ticket_id)
    notes = [part for part in thread if part["kind"] == "note" and "Counterfoil cf" in part["html"].replace("\\", "")]
    return notes[-1] if notes else None
