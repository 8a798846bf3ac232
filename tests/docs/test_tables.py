"""The README's tables of gateways are as the code says; `make tables` writes them anew."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from connectors.registry import gateway_names
from tests.docs.write_tables import actions_table, checks, conformance_table, results_of, written

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def test_the_table_of_actions_is_what_the_capabilities_say() -> None:
    assert written(README, "actions") == actions_table(), "run `make tables`"


def test_the_table_of_conformance_has_every_check_and_every_gateway() -> None:
    head, _, *body = rows(written(README, "conformance"))
    assert head[1:] == gateway_names(), "run `make tables`"
    assert [row[0] for row in body] == list(dict.fromkeys(checks())), "run `make tables`"
    assert all(all(row) for row in body), "a gateway lacks a check: run `make tables`"
    assert not [row for row in body if any("fails" in cell for cell in row)]


def test_one_failed_case_makes_the_check_fail_and_a_skipped_one_leaves_it_in_part() -> None:
    where = 'classname="tests.connectors.x.test_x_conformance.TestX"'
    report = fromstring(
        "<s>"
        f'<testcase {where} name="test_twice_is_once[a]"/>'
        f'<testcase {where} name="test_twice_is_once[b]"><failure/></testcase>'
        f'<testcase {where} name="test_slow[a]"><skipped/></testcase>'
        f'<testcase {where} name="test_slow[b]"/>'
        '<testcase classname="tests.connectors.test_other" name="test_other"/>'
        "</s>"
    )  # noqa: S314 - our own text
    found = results_of(report.iter("testcase"), ["twice is once", "slow"])
    assert found == {"twice is once": {"x": "failed"}, "slow": {"x": "in part"}}
    assert "**fails**" in conformance_table(found)


def test_a_readme_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no marks"):
        written("# Title", "actions")
