"""Build: what changed is made anew, and the result is the same as building everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.gateways.stripe.amounts import FACTORS
from counterfoil.paths import Paths
from tests.warehouse.landed import (
    ZONE,
    Json,
    charge,
    customer,
    everything,
    invoice,
    land,
    later,
    line,
    page,
    refund,
    rows,
)
from warehouse.build import build
from warehouse.load import load_landed
from warehouse.model_files import ModelInvalid, read_models


@pytest.fixture
def paths(built: Paths) -> Paths:
    """An installation whose models are built already."""
    return built


def _refresh(paths: Paths, zone: str = ZONE) -> dict[str, str]:
    load_landed(paths)
    return build(paths, reporting_time_zone=zone).built


def _first_round(paths: Paths) -> None:
    land(paths, "customers", page(customer("cus_1"), customer("cus_2")))
    land(
        paths,
        "products",
        page({"id": "prod_1", "object": "product", "name": "Old", "active": True, "created": 1_780_000_000}),
    )
    land(
        paths,
        "charges",
        page(charge("ch_1", customer="cus_1", payment_intent="pi_1"), charge("ch_2", customer="cus_2")),
    )
    land(paths, "invoices", page(invoice("in_1", [line("il_1", 600), line("il_2", 400)])))
    land(paths, "refunds", page(refund("re_1", "ch_1", 100)))


def _second_round(paths: Paths) -> None:
    """Each changes a row of another table than its own."""
    paid: Json = {"id": "inpay_1", "object": "invoice_payment", "invoice": "in_1", "currency": "eur", "status": "paid"}
    paid |= {
        "payment": {"type": "payment_intent", "payment_intent": "pi_1"},
        "created": 1_780_000_000,
        "is_default": True,
    }
    land(paths, "customers", page(customer("cus_1", email="New@Example.com")), seen_at=later(1))
    land(paths, "tax_ids", page(_tax_id("txi_1", "cus_2")), seen_at=later(1))
    land(paths, "invoice_payments", page(paid), seen_at=later(1))
    land(paths, "invoices", page(invoice("in_1", [line("il_1", 600)])), seen_at=later(1))
    land(
        paths,
        "products",
        page({"id": "prod_1", "object": "product", "name": "New", "created": 1_780_000_000}),
        seen_at=later(1),
    )
    land(paths, "refunds", page(refund("re_1", "ch_1", 100, status="failed")), seen_at=later(1))


def _tax_id(wanted: str, owner: str) -> Json:
    kind = {"type": "eu_vat", "value": "DE123456789", "customer": owner, "created": 1_780_000_000}
    return {"id": wanted, "object": "tax_id", **kind}


def test_building_what_changed_equals_building_everything(paths: Paths) -> None:
    _first_round(paths)
    _refresh(paths)
    _second_round(paths)
    built = _refresh(paths)
    assert built["canonical.charges"] == "changed rows"
    stepwise = everything(paths)

    paths.warehouse.unlink()
    _refresh(paths)
    assert everything(paths) == stepwise
    ((email, invoice_id),) = rows(paths, "SELECT email, invoice_id FROM canonical.charges WHERE charge_id = 'ch_1'")
    assert (email, invoice_id) == ("New@Example.com", "in_1")
    assert rows(paths, "SELECT invoice_line_id FROM canonical.invoice_lines") == [("il_1",)]


def test_a_second_build_changes_nothing(paths: Paths) -> None:
    _first_round(paths)
    _refresh(paths)
    assert set(_refresh(paths).values()) == {"unchanged"}


def test_only_what_stands_on_a_change_is_built(paths: Paths) -> None:
    _first_round(paths)
    _refresh(paths)
    land(paths, "refunds", page(refund("re_2", "ch_2", 5)), seen_at=later(1))
    built = {name for name, how in _refresh(paths).items() if how != "unchanged"}
    assert "canonical.refunds" in built
    assert {"marts.revenue_by_day", "marts.customer_timeline"} <= built
    assert not built & {"canonical.charges", "canonical.customers", "marts.people", "marts.tax_summary"}


def test_another_reporting_zone_moves_the_days(paths: Paths) -> None:
    # 2026-05-28 23:30 in Berlin is the 29th in Tokyo.
    land(paths, "charges", page(charge("ch_1", created=1_780_003_800)))
    _refresh(paths)
    assert rows(paths, "SELECT on_day::VARCHAR FROM marts.revenue_by_day") == [("2026-05-28",)]
    _refresh(paths, "Asia/Tokyo")
    assert rows(paths, "SELECT on_day::VARCHAR FROM marts.revenue_by_day") == [("2026-05-29",)]


def test_a_part_of_the_models_can_be_built(paths: Paths) -> None:
    _first_round(paths)
    load_landed(paths)
    built = build(paths, reporting_time_zone=ZONE, only=frozenset({"canonical.charges"})).built
    assert [name for name in built if not name.startswith("staging")] == ["canonical.charges"]


def test_every_model_says_its_grain_and_follows_what_it_refers_to() -> None:
    models = read_models()
    seen: set[str] = set()
    for model in models:
        assert {name for name in model.references if name.startswith(("staging", "canonical", "marts"))} <= seen
        seen.add(model.name)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("SELECT 1", "first line must say the grain"),
        ("-- grain: one row per x\nDELETE FROM a", "one SELECT"),
        ("-- grain: one row per x\nSELECT 1; SELECT 2", "one SELECT"),
        ("-- grain: one row per x\nSELECT * FROM canonical.nothing", "no such model"),
        ("-- grain: one row per x\n-- key: a\nSELECT 1", "go together"),
        ("-- grain: one row per x\nSELECT * FROM canonical.one", "in a circle"),
    ],
)
def test_a_model_that_is_none_is_refused(tmp_path: Path, text: str, why: str) -> None:
    folder = tmp_path / "canonical"
    folder.mkdir()
    (folder / "one.sql").write_text(text)
    with pytest.raises(ModelInvalid, match=why):
        read_models(tmp_path)


def test_a_mart_that_overlooks_changes_below_it_is_refused(tmp_path: Path) -> None:
    text = "-- grain: one row per x\n-- key: a\n-- changed: SELECT a FROM changes.{} WHERE version > $version\n{}"
    for schema, name, log, sql in (
        ("canonical", "one", "itself", "SELECT 1 AS a"),
        ("canonical", "two", "itself", "SELECT 1 AS a"),
        ("marts", "both", "canonical_one", "SELECT * FROM canonical.one JOIN canonical.two USING (a)"),
    ):
        (tmp_path / schema).mkdir(exist_ok=True)
        (tmp_path / schema / f"{name}.sql").write_text(text.format(log, sql))
    with pytest.raises(ModelInvalid, match=r"marts.both .* no changed line of it reads changes.canonical_two"):
        read_models(tmp_path)


def test_stripes_own_minor_units_are_those_of_the_connector(paths: Paths) -> None:
    build(paths, reporting_time_zone=ZONE)
    for currency in [*FACTORS, "EUR", "JPY", "KWD"]:
        times, over = FACTORS.get(currency, (1, 1))
        found = rows(paths, f"SELECT staging.stripe_minor(1200, '{currency}')")
        assert found == [(1200 * times // over,)], currency
