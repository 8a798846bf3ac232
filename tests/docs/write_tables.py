"""Write the README's tables of gateways: what each can do, and which conformance checks each has passed.

`make tables` runs the conformance suite and writes both. A test compares what is written with what there is.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.registry import gateway, gateway_names
from counterfoil.cli.gateways import matrix

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
SUITES = "tests/connectors"
SUITE = ("conformance.py", "conformance_reading.py")
MARKS = {
    "yes": "✓",
    "whole only": "whole",
    "no": "–",
    "passed": "✓",
    "in part": "in part",
    "skipped": "n/a",
    "failed": "**fails**",
}

_SUITE = re.compile(r"test_([a-z]+)_(?:conformance|actions)")

Results = dict[str, dict[str, str]]
"""Check in words -> gateway -> passed, in part, skipped or failed."""


def main() -> None:
    """Run the suite and rewrite both tables."""
    text = README.read_text(encoding="utf-8")
    text = replaced(text, "actions", actions_table())
    text = replaced(text, "conformance", conformance_table(conformance_results()))
    README.write_text(text, encoding="utf-8")


def actions_table() -> str:
    """Actions by gateways, from the capabilities."""
    names = gateway_names()
    rows = matrix([gateway(name).capabilities for name in names])
    return _markdown(["action", *names], [[f"`{row[0]}`", *(MARKS[cell] for cell in row[1:])] for row in rows])


def conformance_table(results: Results) -> str:
    """Checks by gateways."""
    names = sorted({name for row in results.values() for name in row})
    rows = [[check, *(MARKS.get(row.get(name, ""), "") for name in names)] for check, row in results.items()]
    return _markdown(["check", *names], rows)


def conformance_results() -> Results:
    """Run every gateway's conformance suite; one with several cases has passed where all have."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        files = sorted(str(path) for path in (ROOT / SUITES).rglob("test_*.py") if _SUITE.fullmatch(path.stem))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *files]
        subprocess.run(command, cwd=ROOT, check=False)
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))  # noqa: S314 - pytest wrote it just now
    return results_of(cases, checks())


def checks() -> list[str]:
    """Every check of the conformance suite, in words."""
    trees = [ast.parse((ROOT / SUITES / name).read_text(encoding="utf-8")) for name in SUITE]
    functions = [node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [words_of(name) for name in functions if name.startswith("test_")]


def results_of(cases: Iterable[ElementTree.Element], known: Iterable[str]) -> Results:
    """Results by check and gateway, from JUnit's test cases; tests of one gateway alone are left out."""
    found: Results = {check: {} for check in known}
    for case in cases:
        name, check = _SUITE.search(case.get("classname", "")), words_of(case.get("name", ""))
        if name is None or check not in found:
            continue
        row = found[check]
        row[name[1]] = _together(row.get(name[1]), _result(case))
    return found


def words_of(test: str) -> str:
    """The name of a test as a phrase: test_twice_is_once[void] -> twice is once."""
    return test.partition("[")[0].removeprefix("test_").replace("_", " ")


def written(text: str, name: str) -> str:
    """The table between its marks in the README. Raises ValueError where there is none."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    if found is None:
        raise ValueError(f"The README has no marks <!-- {name} --> … <!-- /{name} -->.")
    return found[1]


def replaced(text: str, name: str, table: str) -> str:
    """The README with another table between the marks."""
    old = f"<!-- {name} -->\n{written(text, name)}<!-- /{name} -->"
    return text.replace(old, f"<!-- {name} -->\n{table}<!-- /{name} -->")


def _result(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def _together(one: str | None, other: str) -> str:
    """Of several cases: failed where one is, and passed or skipped only where all are."""
    if one is None or one == other:
        return other
    return "failed" if "failed" in (one, other) else "in part"


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *([":-:"] * (len(head) - 1))], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main()
