"""The examples of docs/custom-gateway.md are what the code takes and sends."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.gateway import Delivery
from connectors.gateways.custom import GATEWAY
from connectors.gateways.custom.act import message_of
from connectors.gateways.custom.errors import CODES
from connectors.gateways.custom.outcomes import checked
from connectors.gateways.custom.signing import headers_for
from connectors.money import Money
from connectors.requested import requested_action
from dashboards.import_rows import faults_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "custom-gateway.md").read_text(encoding="utf-8")
SECRET = "whsec_dGhlIGNvbXBhbnkgc2lnbnMgd2l0aCB0aGlzIG9uZQ=="
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BY_NAME = {resource.name: resource for resource in GATEWAY.resources}


def examples(kind: str) -> list[tuple[str, Any]]:
    """(what stands behind the kind, the example) of each block ```json kind …."""
    found = re.findall(rf"^```json {kind}(?: (\w+))?\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found, kind
    return [(about, json.loads(text)) for about, text in found]


@pytest.mark.parametrize(("name", "rows"), examples("import"))
def test_an_import_is_sound(name: str, rows: list[Any]) -> None:
    assert list(faults_of(BY_NAME[name], rows)) == []


@pytest.mark.parametrize(("name", "message"), examples("action"))
def test_an_action_is_sent_so(name: str, message: dict[str, Any]) -> None:
    amount = None if message["amount_minor"] is None else Money(message["amount_minor"], message["currency"])
    action = requested_action(
        name,
        account="custom/shop",
        object_id=message["object_id"],
        amount=amount,
        details=message["details"],
        reason_code=message["reason_code"],
        request_id=message["request_id"],
    )
    assert message_of(action) == message


@pytest.mark.parametrize("told", [told for _, told in examples("outcome")])
def test_an_outcome_is_read(told: dict[str, Any]) -> None:
    assert checked(told).status == told["status"]
    assert checked(told).code in {"", *CODES}


@pytest.mark.parametrize("kind", ["reported", "changed"])
def test_what_is_told_is_believed(kind: str) -> None:
    ((_, told),) = examples(kind)
    body = json.dumps(told).encode()
    delivery = Delivery(body, headers_for(SECRET, "msg_1", NOW, body), "")
    _, resource, wanted = GATEWAY.verified(delivery, (SECRET,), NOW)
    assert (resource, wanted) == (("outcomes", "req_1") if kind == "reported" else ("charges", "pay_1"))


def test_every_object_code_and_status_is_named() -> None:
    for word in (*BY_NAME, *CODES, "done", "pending", "refused", "failed", "not_offered", "unknown"):
        assert f"`{word}`" in PAGE or f'"{word}"' in PAGE, word
    ((name, page),) = examples("page")
    assert page["resource"] == name in BY_NAME
