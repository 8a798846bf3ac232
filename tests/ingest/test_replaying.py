"""Replayed answers land like pulled ones; what is no JSON lands too, so that the load sets it aside with its text."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.gateways.stripe import GATEWAY
from flows.ingest.replaying import UNREADABLE, ReplayEmpty, replay

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ACCOUNT = "stripe/eu"


def charge(charge_id: str, amount: int) -> dict[str, object]:
    return {
        "id": charge_id,
        "object": "charge",
        "amount": amount,
        "currency": "eur",
        "status": "succeeded",
        "created": 1,
    }


def landed(landing: Path, resource: str) -> list[str]:
    return [
        line.decode()
        for path in sorted((landing / ACCOUNT / resource).glob("*.gz"))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]


def test_lists_objects_events_and_envelopes_are_understood(tmp_path: Path) -> None:
    source = tmp_path / "answers.jsonl"
    lines = [
        json.dumps({"object": "list", "data": [charge("ch_1", 1)], "has_more": False}),
        json.dumps(charge("ch_2", 2)),
        json.dumps(
            {"id": "evt_1", "object": "event", "created": 1, "type": "x", "data": {"object": charge("ch_3", 3)}}
        ),
        json.dumps(
            {"response_body": json.dumps(charge("ch_4", 4), indent=2), "recorded_at": "Fri, 09 Apr 2021 17:40:32 GMT"}
        ),
    ]
    source.write_text("\n".join(lines) + "\n\n")
    report = replay(GATEWAY, ACCOUNT, source, tmp_path / "landing", now=NOW)
    assert {json.loads(line)["id"] for line in landed(tmp_path / "landing", "charges")} == {
        "ch_1",
        "ch_2",
        "ch_3",
        "ch_4",
    }
    assert report.rows["charges"] == 4


def test_a_later_recorded_answer_comes_last_whatever_the_order_of_the_file(tmp_path: Path) -> None:
    source = tmp_path / "answers.jsonl"
    newer = {"response_body": json.dumps(charge("ch_1", 2)), "recorded_at": "Sat, 10 Apr 2021 10:00:00 GMT"}
    older = {"response_body": json.dumps(charge("ch_1", 1)), "recorded_at": "Fri, 09 Apr 2021 17:40:32 GMT"}
    source.write_text(f"{json.dumps(newer)}\n{json.dumps(older)}\n")
    replay(GATEWAY, ACCOUNT, source, tmp_path / "landing", now=NOW)
    assert [json.loads(line)["amount"] for line in landed(tmp_path / "landing", "charges")] == [1, 2]


def test_a_broken_line_lands_as_it_is_and_the_rest_goes_on(tmp_path: Path) -> None:
    source = tmp_path / "answers.jsonl"
    source.write_text('{"id": "ch_1", "object": "cha\n' + json.dumps(charge("ch_2", 2)) + "\n")
    replay(GATEWAY, ACCOUNT, source, tmp_path / "landing", now=NOW)
    assert landed(tmp_path / "landing", UNREADABLE) == ['{"id": "ch_1", "object": "cha']
    assert len(landed(tmp_path / "landing", "charges")) == 1


def test_our_own_landed_files_can_be_replayed(tmp_path: Path) -> None:
    source = tmp_path / "pages"
    source.mkdir()
    (source / "one.ndjson.gz").write_bytes(
        gzip.compress(json.dumps({"object": "list", "data": [charge("ch_1", 1)]}).encode())
    )
    (source / "_progress.json").write_text("{}")
    assert replay(GATEWAY, ACCOUNT, source, tmp_path / "landing", now=NOW).rows == {"charges": 1}


def test_an_empty_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(ReplayEmpty, match=r"empty.jsonl holds no line"):
        replay(GATEWAY, ACCOUNT, tmp_path / "empty.jsonl", tmp_path / "landing", now=NOW)
