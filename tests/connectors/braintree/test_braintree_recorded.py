"""Everything in the recorded answers of the real test environment is read, and nothing of it is lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest
from braintree.util.xml_util import XmlUtil

from connectors.gateways.braintree import GATEWAY
from connectors.gateways.braintree.harvest import harvest
from connectors.gateways.braintree.markup import read_markup
from counterfoil.paths import Paths
from flows.ingest.replaying import replay
from warehouse.build import build
from warehouse.connection import open_warehouse
from warehouse.load import load_landed

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "gateway_data" / "braintree" / "recorded.jsonl"


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    if not RECORDED.is_file():
        pytest.skip(f"{RECORDED} is not here: recorded answers are not part of the repository")
    return [orjson.loads(line) for line in RECORDED.read_bytes().splitlines()]


def bodies(answers: list[dict[str, Any]]) -> list[str]:
    return [answer["response_body"] for answer in answers if (answer["response_body"] or "").strip()]


def leaves(value: Any) -> Iterator[str]:
    """The texts at the ends of a JSON value, without the names that our reading adds."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "object":
                yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif value not in (None, ""):
        yield str(value)


def texts(body: str) -> Counter[str]:
    found = (node.text or "" for node in ElementTree.fromstring(body.encode()).iter() if not len(node))
    return Counter(text for text in found if text)


def plain(value: Any) -> Any:
    """The SDK's reading in our types."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value


def without_names(value: Any) -> Any:
    """Our reading without the names of objects, which the SDK drops."""
    if isinstance(value, dict):
        return {key: without_names(inner) for key, inner in value.items() if key != "object"}
    return [without_names(inner) for inner in value] if isinstance(value, list) else value


def test_no_text_of_any_answer_is_lost(answers: list[dict[str, Any]]) -> None:
    assert len(answers) == 151
    for body in bodies(answers):
        _, value = read_markup(body.encode())
        assert Counter(leaves(value)) == texts(body)


def test_our_reading_is_the_sdks(answers: list[dict[str, Any]]) -> None:
    compared = 0
    for body in bodies(answers):
        name, value = read_markup(body.encode())
        # The SDK reads nil inside whitespace as a text; without whitespace both agree.
        theirs = XmlUtil.dict_from_xml(re.sub(r">\s+<", "><", body))
        assert {name: without_names(value)} == plain(theirs)
        compared += 1
    assert compared == 147


def test_every_whole_object_is_harvested(answers: list[dict[str, Any]]) -> None:
    found: Counter[str] = Counter()
    for answer in answers:
        for resource, line in harvest((answer["response_body"] or "").encode()):
            found[resource] += 1
            assert orjson.loads(line)["id"]
    tags: Counter[str] = Counter()
    for body in bodies(answers):
        for node in ElementTree.fromstring(body.encode()).iter():
            tags[node.tag] += node.find("created-at") is not None and node.find("id") is not None
    assert found["charges"] == tags["transaction"] > 30
    assert found["customers"] == tags["customer"] > 40
    assert found["subscriptions"] == tags["subscription"] > 20
    assert found["plans"] == tags["plan"] == 11


def test_harvest_reads_what_it_gave_out_again(answers: list[dict[str, Any]]) -> None:
    for body in bodies(answers):
        for resource, line in harvest(body.encode()):
            assert next(iter(harvest(line))) == (resource, line)


def test_an_answer_without_a_body_holds_nothing() -> None:
    assert list(harvest(b"")) == list(harvest(b"  \n")) == list(harvest(b"<errors>Unauthorized</errors>")) == []


def test_every_status_in_the_recorded_objects_is_declared(answers: list[dict[str, Any]]) -> None:
    allowed = {
        resource.name: column.allowed
        for resource in GATEWAY.resources
        for column in resource.columns
        if column.name == "status"
    }
    for body in bodies(answers):
        for resource, line in harvest(body.encode()):
            if resource in allowed:
                assert orjson.loads(line)["status"] in (allowed[resource] or ())


def test_the_recorded_answers_become_charges_and_subscriptions(answers: list[dict[str, Any]], built: Paths) -> None:
    paths = built
    replay(GATEWAY, "braintree/eu", RECORDED, paths.landing, now=datetime(2026, 11, 23, tzinfo=UTC))
    load_landed(paths)
    build(paths, reporting_time_zone="Europe/Berlin")
    with open_warehouse(paths) as connection:
        assert connection.execute("SELECT reason FROM meta.quarantine").fetchall() == []
        columns = "status, currency, count(*), sum(amount_minor)::BIGINT"
        query = f"SELECT {columns} FROM canonical.charges GROUP BY ALL ORDER BY ALL"
        assert connection.execute(query).fetchall() == [
            ("failed", "USD", 4, 903_001),
            ("pending", "USD", 16, 31_967),
        ]
        query = "SELECT status, count(*), count(customer_id) FROM canonical.subscriptions GROUP BY ALL ORDER BY ALL"
        assert connection.execute(query).fetchall() == [("active", 7, 7), ("cancelled", 3, 3), ("trialing", 3, 3)]
