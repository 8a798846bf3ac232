"""Was it sent before? On the worker's own host its journal knows; on another host only the run's note tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from counterfoil.action_runs import SENT_LABEL
from counterfoil.requests import ActionRequest, new_request_id
from flows.actions.admission import RunFacts
from flows.actions.desk import Desk
from flows.actions.journal import Journal
from flows.actions.sent import first_sent

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
REQUEST_ID = new_request_id()


@dataclass
class Place:
    """As much of a desk as the question needs: a journal."""

    journal: Journal


@dataclass
class Asked:
    request_id: str = REQUEST_ID


def answer(journal: Journal, **labels: Any) -> datetime | None:
    run = RunFacts("run", REQUEST_ID, 2, NOW - timedelta(hours=1), labels)
    return first_sent(cast("Desk", Place(journal)), run, cast("ActionRequest", Asked()))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path, "actions-here-0", now=NOW)


def note(journal: Journal, kind: str) -> None:
    journal.append(kind, at=NOW, request_id=REQUEST_ID, flow_run_id="run", detail={})


def test_a_journal_without_an_attempt_means_that_nothing_left(journal: Journal) -> None:
    assert answer(journal) is None
    assert answer(journal, **{SENT_LABEL: f"{NOW.isoformat()} actions-here-0"}) is None


def test_an_attempt_counts_until_it_was_turned_away(journal: Journal) -> None:
    note(journal, "attempt")
    assert answer(journal) == NOW
    note(journal, "not_accepted")
    assert answer(journal) is None


def test_an_unknown_outcome_is_never_forgotten(journal: Journal) -> None:
    for kind in ("attempt", "unknown", "attempt", "not_accepted"):
        note(journal, kind)
    assert answer(journal) == NOW


def test_a_run_that_another_host_had_counts_as_sent(journal: Journal) -> None:
    assert answer(journal, **{SENT_LABEL: f"{NOW.isoformat()} actions-elsewhere-0"}) == NOW


@pytest.mark.parametrize("label", ["rubbish", "rubbish actions-elsewhere-0", ""])
def test_an_altered_note_counts_as_sent_when_the_run_was_made(journal: Journal, label: str) -> None:
    assert answer(journal, **{SENT_LABEL: label}) == NOW - timedelta(hours=1)
