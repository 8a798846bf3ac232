"""`new-gateway` writes a package that works, is found by its entry point, and joins the canonical tables."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from connectors.gateway import AccountAccess
from connectors.registry import gateway
from counterfoil.cli.__main__ import app
from counterfoil.cli.new_gateway import FolderTaken, NameRefused, write_gateway
from tests.connectors.staged import Staged
from warehouse.model_files import FOLDER, ModelInvalid, read_models

ROOT = Path(__file__).resolve().parents[2]
NAME = "acmepay"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gateway(NAME, tmp_path_factory.mktemp("private"))


@pytest.fixture
def installed(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """As pip leaves it: on the path, with its entry point."""
    information = tmp_path / f"counterfoil_{NAME}-0.1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: counterfoil-{NAME}\nVersion: 0.1.0\n")
    (information / "entry_points.txt").write_text(f"[counterfoil.gateways]\n{NAME} = counterfoil_{NAME}:GATEWAY\n")
    for place in (tmp_path, package, package / "conformance"):
        monkeypatch.syspath_prepend(str(place))
    gateway.cache_clear()
    yield package
    gateway.cache_clear()


def test_what_is_written_passes_the_conformance_suite(package: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=package,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{package}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]


def test_what_is_written_is_as_tidy_as_ours(package: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml"), "--no-cache", "."]
        ran = subprocess.run(ruff, cwd=package, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout


def test_it_is_found_by_its_entry_point_and_described_without_contradictions(installed: Path) -> None:
    found = gateway(NAME)
    assert found.name == found.capabilities.gateway == NAME
    assert not set(found.capabilities.actions) & set(found.capabilities.absent)
    assert {*found.resource_of.values(), *found.made_by.values()} <= {resource.name for resource in found.resources}
    assert found.models is not None
    assert sorted(path.name for path in found.models.rglob("*.sql")) == ["charges.sql", "refunds.sql"]


def test_its_rows_stand_in_the_canonical_tables_and_follow_changes(installed: Path, tmp_path: Path) -> None:
    stand_in: Any = importlib.import_module("stand_in")
    serving: Any = importlib.import_module("sandbox.standin.running").serving
    with serving(stand_in.StandInApi(), stand_in.SETTINGS) as running:
        access = AccountAccess(f"{NAME}/test", running.url, stand_in.SETTINGS.key)
        staged = Staged(tmp_path / "var", access)
        assert not staged.loaded.quarantined
        query = (
            f"SELECT count(*) AS n, sum(refunded_minor)::BIGINT AS r FROM canonical.charges WHERE gateway = '{NAME}'"
        )
        assert staged.rows(query) == [{"n": stand_in.CHARGES, "r": 100}]
        body = {"charge": "ch_1", "amount_minor": 23, "currency": "EUR", "reference": "req_1"}
        importlib.import_module(f"counterfoil_{NAME}.wire").Wire(access).post("/refunds", body, key="k")
        staged.pull(None)
        assert staged.rows(query) == [{"n": stand_in.CHARGES, "r": 123}]
        assert staged.built["canonical.charges"] == staged.built["canonical.refunds"] == "changed rows"
        refunds = staged.rows(f"SELECT request_id FROM canonical.refunds WHERE gateway = '{NAME}' ORDER BY 1")
        assert [row["request_id"] for row in refunds] == ["before", "req_1"]


def test_models_that_do_not_belong_to_the_gateway_are_refused(tmp_path: Path) -> None:
    place = tmp_path / "models" / "canonical"
    place.mkdir(parents=True)
    (place / "charges.sql").write_text("-- grain: one row per charge\nSELECT 1 AS charge_id\n")
    with pytest.raises(ModelInvalid, match="canonical.charges"):
        read_models(FOLDER, {NAME: tmp_path / "models"})


def test_lines_of_a_private_gateways_invoice_are_replaced_with_it(tmp_path: Path) -> None:
    place = tmp_path / "models" / "staging" / NAME
    place.mkdir(parents=True)
    for name in ("invoices", "invoice_lines"):
        (place / f"{name}.sql").write_text(f"-- grain: one row per {name}\nSELECT * FROM raw_{NAME}.invoices\n")
    lines = {model.name: model for model in read_models(FOLDER, {NAME: tmp_path / "models"})}["canonical.invoice_lines"]
    assert lines.changed[-1].endswith(f"FROM staging.{NAME}_invoices WHERE load_number > $mark")
    assert lines.sql.endswith(f"FROM staging.{NAME}_invoice_lines")


@pytest.mark.parametrize(
    "name", ["", "a", "Acme", "acme_pay", "acme-pay", "1acme", "../acme", "stripe", "custom", "a" * 40]
)
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NameRefused):
        write_gateway(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    made = write_gateway(NAME, tmp_path)
    (made / "README.md").write_text("mine")
    with pytest.raises(FolderTaken):
        write_gateway(NAME, tmp_path)
    assert (made / "README.md").read_text() == "mine"


def test_the_command_says_what_comes_next(tmp_path: Path) -> None:
    runner = CliRunner()
    made = runner.invoke(app, ["new-gateway", NAME, "--into", str(tmp_path)])
    assert made.exit_code == 0, made.output
    assert "conformance" in made.output
    assert runner.invoke(app, ["new-gateway", NAME, "--into", str(tmp_path)]).exit_code == 1
    assert runner.invoke(app, ["new-gateway", "Acme Pay", "--into", str(tmp_path)]).exit_code == 2
