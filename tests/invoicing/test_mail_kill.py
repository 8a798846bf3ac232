"""A sending process killed between DATA and the record: the mail goes once more, the same, and that is on record."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from counterfoil.paths import Paths
from flows.invoicing.mailing import send_new
from tests.invoicing.builders import NOW
from tests.invoicing.post_office import PostOffice, events, installation, mails, post, post_office
from warehouse.locks import held

SENDER = """
import sys
from pathlib import Path
from counterfoil.paths import Paths
from flows.invoicing.mailing import send_new
from tests.invoicing.builders import NOW
from tests.invoicing.post_office import post
send_new(Paths(Path(sys.argv[1])), post(int(sys.argv[2])), clock=lambda: NOW)
"""


@contextmanager
def books_held_from(office: PostOffice, paths: Paths) -> Iterator[threading.Event]:
    """From the first mail's arrival on, nobody can write into the books until the event is set."""
    is_held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with held(paths.books):
            is_held.set()
            let_go.wait(60)

    holder = threading.Thread(target=hold)

    def begin() -> None:
        holder.start()
        assert is_held.wait(30)

    office.on_data = begin
    yield let_go
    let_go.set()
    holder.join()


def after(*steps: Callable[[], object]) -> Callable[[], None]:
    """One call that makes all of these, in order."""

    def all_of_them() -> None:
        for step in steps:
            step()

    return all_of_them


@pytest.mark.parametrize("moment", ["before the answer", "after the answer"])
def test_killed_between_data_and_the_record_it_is_sent_once_more_and_noted(tmp_path: Path, moment: str) -> None:
    paths = installation(tmp_path, payments=2)
    with post_office() as office, books_held_from(office, paths) as let_go:
        kill_now = threading.Event()
        if moment == "before the answer":
            office.on_data = after(office.on_data, kill_now.set, lambda: let_go.wait(30))
        office.on_answered = kill_now.set
        command = [sys.executable, "-c", SENDER, str(tmp_path), str(office.port)]
        process = subprocess.Popen(command, env=dict(os.environ) | {"PYTHONPATH": str(Path.cwd())})
        assert kill_now.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        let_go.set()
        office.on_data = office.on_answered = lambda: None
        assert [state for state, _, _ in mails(paths)] == ["handed over", "prepared"]
        report = send_new(Paths(tmp_path), post(office.port), clock=lambda: NOW)
    assert (report.accepted, report.repeated) == (2, 1)
    assert mails(paths) == [("accepted", True, 2), ("accepted", False, 1)]
    ids = [str(mail["Message-ID"]) for mail in office.arrived]
    assert len(ids) == 3
    assert ids[0] == ids[1] != ids[2]
    assert events(paths).count("unknown") == 1
