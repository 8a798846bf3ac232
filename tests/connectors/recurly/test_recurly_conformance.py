"""Recurly, held to what every gateway must do."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
import pytest

from connectors.gateway import AccountAccess, Actor, Gateway
from connectors.gateways.recurly import GATEWAY
from connectors.gateways.recurly.act import RecurlyActor
from connectors.money import Money
from tests.connectors.conformance import Conformance, Scene
from tests.connectors.recurly.conftest import Till
from tests.connectors.scenes import NO_ANSWER_S, PATIENT_S


@dataclass
class RecurlyScene:
    """The stand-in of Recurly as a scene."""

    access: AccountAccess
    till: Till
    gateway: Gateway = GATEWAY

    def open_actor(self, access: AccountAccess, *, timeout_s: float = PATIENT_S) -> Actor:
        return RecurlyActor(access, timeout_s=timeout_s)

    def charge(self) -> str:
        return self.till.take()

    def slow_charge(self) -> str:
        return self.till.take(method="iban_bank_account")

    def disputed_charge(self) -> str:
        return self.till.first(status="chargeback")

    def refunded(self, charge_id: str) -> Money:
        return self.till.refunded(charge_id)

    def fault(self, kind: str) -> None:
        self.till.site.fault(kind, method="POST", path="/invoices/*/refund", seconds=NO_ANSWER_S)

    def listed(self, path: str, ids: list[str]) -> bytes:
        kind = path.lstrip("/").partition("?")[0].removesuffix("s")
        data = [{"id": wanted, "object": kind, "created_at": "2026-11-01T10:00:00Z"} for wanted in ids]
        return orjson.dumps({"object": "list", "has_more": False, "next": None, "data": data})

    def settle(self, reference: str, *, succeeds: bool) -> None:
        outcome = "succeeded" if succeeds else "failed"
        self.till.site.control("POST", "settle", {"refund": reference, "outcome": outcome})


class TestRecurly(Conformance):
    paged = "transactions"
    long_list = "transactions"

    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> Scene:
        return RecurlyScene(access, till)

    def test_a_read_goes_on_where_it_stopped(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[override]
        """Recurly's payments are its transactions."""
        monkeypatch.setattr("connectors.gateways.recurly.read.PAGE_SIZE", 30)
        reader = scene.gateway.open_reader(scene.access)
        first, *rest = reader.pages("transactions", since=None, cursor=None)
        again = list(reader.pages("transactions", since=None, cursor=first.cursor))
        assert sum(page.rows for page in rest) > 30
        assert [orjson.loads(page.body) for page in again] == [orjson.loads(page.body) for page in rest]
        assert reader.fetch("transactions", "no_such_charge") is None
        reader.close()
