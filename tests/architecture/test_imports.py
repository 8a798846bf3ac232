"""Imports go one way: counterfoil ◀ connectors ◀ warehouse ◀ flows; dashboards stand apart; nobody uses the sandbox."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"counterfoil", "connectors", "warehouse", "flows", "dashboards", "sandbox", "bench", "tests"}
MAY_IMPORT = {
    "counterfoil": set(),
    "connectors": {"counterfoil"},
    "warehouse": {"counterfoil", "connectors"},
    "flows": {"counterfoil", "connectors", "warehouse"},
    "dashboards": {"counterfoil", "connectors", "warehouse"},
    "sandbox": set(),
}
VOCABULARY = {
    "connectors.money", "connectors.currencies", "connectors.actions", "connectors.outcomes", "connectors.capabilities",
    "connectors.errors", "connectors.gateway", "connectors.offers", "connectors.registry", "connectors.requested",
    "connectors.states", "connectors.helpdesks.helpdesk", "connectors.helpdesks.registry",
    "connectors.helpdesks.callers", "connectors.helpdesks.commands", "connectors.helpdesks.markup",
}  # fmt: skip
"""What dashboards may use of the connectors; a gateway's client is not among it."""


def imported_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def violations(root: Path) -> list[str]:
    found = []
    for package, allowed in MAY_IMPORT.items():
        for path in sorted((root / package).rglob("*.py")):
            where = path.relative_to(root)
            if where.parts[:2] == ("counterfoil", "cli"):
                continue
            for module in imported_modules(path):
                top = module.partition(".")[0]
                is_outside_vocabulary = (
                    package == "dashboards"
                    and top == "connectors"
                    and not any(f"{module}.".startswith(f"{known}.") for known in VOCABULARY)
                )
                if (top in OURS and top not in allowed | {package}) or is_outside_vocabulary:
                    found.append(f"{where} imports {module}")
    return found


def test_imports_go_one_way() -> None:
    assert violations(ROOT) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("counterfoil/policy.py", "import connectors.money"),
        ("connectors/money.py", "from warehouse.load import load_landed"),
        ("warehouse/load.py", "from flows.ingest.pulling import pull"),
        ("dashboards/app.py", "from connectors.gateways.stripe import act"),
        ("dashboards/app.py", "from connectors.helpdesks.zendesk import client"),
        ("dashboards/app.py", "import flows.actions"),
        ("flows/ingest/pulling.py", "from sandbox.stripe import app"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, path: str, line: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(line + "\n")
    assert len(violations(tmp_path)) == 1


def test_no_drawer_is_named_after_nothing() -> None:
    drawers = {"utils", "util", "common", "core", "helpers", "misc"}
    found = [path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py") if path.stem in drawers]
    assert found == []
