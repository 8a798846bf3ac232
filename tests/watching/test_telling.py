"""Each thing that is wrong is told once to each, again after a day, and when it is over; what was not taken is kept."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from counterfoil.alerts import WEBHOOK, Alerts
from counterfoil.prefect_api import PrefectApi
from counterfoil.settings import Settings
from flows.watching.channels import channels_of
from flows.watching.findings import Finding, look
from flows.watching.told import Known, News, NotTold, Told, read_known, tell, write_known
from sandbox.mailbox.server import running
from tests.dashboards.conftest import settings_for

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
SETTLE = Finding("failing:settle", "settle failed 3 times in a row; the last time: <no>", NOW - timedelta(hours=1))
CHAIN = Finding("chain", "The audit trail does not hold.", NOW)


@dataclass
class Ear:
    """A channel that hears, or does not."""

    name: str
    is_deaf: bool = False
    heard: list[News] = field(default_factory=list)

    def tell(self, news: News, now: datetime) -> None:
        if self.is_deaf:
            raise NotTold(f"{self.name} hears nothing.")
        self.heard.append(news)


def told(known: dict[str, Known], found: list[Finding], *ears: Ear, hours: int = 0) -> Told:
    return tell(known, found, ears, NOW + timedelta(hours=hours), DAY)


def test_what_is_wrong_is_told_once_and_again_after_a_day_and_when_it_is_over() -> None:
    ear = Ear("a")
    first = told({}, [SETTLE], ear)
    second = told(first.known, [SETTLE, CHAIN], ear, hours=1)
    third = told(second.known, [SETTLE, CHAIN], ear, hours=2)
    fourth = told(third.known, [SETTLE, CHAIN], ear, hours=24)
    last = told(fourth.known, [CHAIN], ear, hours=24)
    assert [(news.wrong, news.over) for news in ear.heard] == [
        ((SETTLE,), ()),
        ((CHAIN,), ()),
        ((SETTLE,), ()),
        ((), (SETTLE,)),
    ]
    assert (third.news, last.news, list(last.known)) == (0, 1, ["chain"])


def test_a_channel_that_hears_nothing_is_told_later_and_the_others_are_not_told_twice() -> None:
    good, bad = Ear("good"), Ear("bad", is_deaf=True)
    first = told({}, [SETTLE], bad, good)
    assert first.trouble == ("bad hears nothing.",) and first.news == 1
    bad.is_deaf = False
    second = told(first.known, [SETTLE], bad, good)
    assert (len(good.heard), len(bad.heard), second.trouble) == (1, 1, ())
    bad.is_deaf = True
    over = told(second.known, [], bad, good)
    assert list(over.known) == [SETTLE.key], "who was told that it is wrong is told that it is over"
    bad.is_deaf = False
    assert told(over.known, [], bad, good).known == {}
    assert [len(ear.heard) for ear in (good, bad)] == [2, 2]


def test_what_nobody_was_told_is_forgotten_when_it_is_over() -> None:
    first = told({}, [SETTLE])
    assert list(first.known) == [SETTLE.key] and first.news == 0
    assert told(first.known, []).known == {}


def test_who_was_told_is_kept_in_a_file_and_a_damaged_one_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "watch" / "told.json"
    assert read_known(path) == {}
    known = told({}, [SETTLE], Ear("a")).known
    write_known(path, known)
    assert read_known(path) == known
    for damaged in ("", "[]", '{"a": 1}', '{"a": {"sentence": "x"}}', path.read_text()[:-9]):
        path.write_text(damaged)
        assert read_known(path) == {}


def test_an_inbox_that_does_not_empty_is_found_and_what_is_done_or_fresh_is_not(tmp_path: Path) -> None:
    waiting = {
        "stripe-eu/a.json": 20,
        "stripe-eu/b.json": 99,
        "stripe-eu/done/c.json": 500,
        "stripe-eu/refused/c.json": 500,
        "stripe-eu/.c.json.part": 500,
        "paypal-eu/a.json": 5,
        "import/custom-shop/a.json": 16,
        "outcomes/custom-shop/a.json": 500,
        "statements/a.file": 60,
    }
    for name, minutes in waiting.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
        at = (NOW - timedelta(minutes=minutes)).timestamp()
        os.utime(path, (at, at))
    nobody = PrefectApi("http://127.0.0.1:9/api", patience_s=0.1)
    queue, *found = look(nobody, tmp_path, Alerts(), NOW)
    assert queue.key == "queue" and "cannot be asked" in queue.sentence
    assert [one.key for one in found] == ["inbox:import/custom-shop", "inbox:stripe-eu"]
    assert found[1].sentence == "The inbox of stripe-eu does not empty: 2 files in it."
    assert found[1].since == NOW - timedelta(minutes=99)


@contextmanager
def listening(status: int) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """An address that takes JSON and answers with a status."""
    taken: list[dict[str, object]] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Taker)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook/very-secret", taken
    finally:
        server.shutdown()
        server.server_close()


def with_mail(var: Path, port: int) -> Settings:
    mail = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "billing@example.com"}
    mail |= {"reply_to": "billing@example.com", "since": "2026-01-01"}
    return settings_for(var, mail=mail, alerts={"emails": ["ops@example.com", "lena@example.com"]})


def test_a_webhook_and_each_address_are_told(tmp_path: Path) -> None:
    news = News((SETTLE, CHAIN), (Finding("queue", "Prefect’s server cannot be asked.", NOW),))
    with listening(204) as (address, taken), running(tmp_path / "mails") as port:
        channels = channels_of(with_mail(tmp_path, port), {WEBHOOK: address})
        assert [one.name for one in channels] == ["webhook", "mail ops@example.com", "mail lena@example.com"]
        for channel in channels:
            channel.tell(news, NOW)
    (body,) = taken
    assert str(body["text"]).startswith("settle failed 3 times in a row") and "Over: Prefect’s" in str(body["text"])
    assert body["wrong"] == [
        {"key": one.key, "sentence": one.sentence, "since": one.since.isoformat()} for one in (SETTLE, CHAIN)
    ]
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in (tmp_path / "mails").glob("*.eml")
    ]
    assert sorted(str(mail["To"]) for mail in mails) == ["lena@example.com", "ops@example.com"]
    assert "Counterfoil: settle failed 3 times in a row" in str(mails[0]["Subject"])
    html = mails[0].get_body(("html",))
    assert html is not None and "&lt;no&gt;" in html.get_content()


def test_what_was_not_taken_is_told_without_the_address(tmp_path: Path) -> None:
    with listening(500) as (address, _):
        (webhook,) = channels_of(settings_for(tmp_path), {WEBHOOK: address})
        with pytest.raises(NotTold, match="answered 500") as refused:
            webhook.tell(News((CHAIN,), ()), NOW)
    with pytest.raises(NotTold, match="cannot be reached") as gone:
        webhook.tell(News((CHAIN,), ()), NOW)
    assert "very-secret" not in f"{refused.value} {gone.value} {webhook!r}"
    mail = channels_of(with_mail(tmp_path, 9), {})[0]
    with pytest.raises(NotTold, match="The mail to ops@example.com was not taken"):
        mail.tell(News((CHAIN,), ()), NOW)


def test_addresses_without_a_mail_server_are_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"there is no \[mail\]"):
        settings_for(tmp_path, alerts={"emails": ["ops@example.com"]})
