"""Batches from the command line: the same lists, signatures and files as in the pages."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from counterfoil.batches import verified_batch, verified_step
from counterfoil.cli.__main__ import app
from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.signing_keys import ensure_keys, public_keys
from counterfoil.users import add_user
from tests.dashboards.conftest import ROOT
from tests.dashboards.prefect_stand_in import PrefectStandIn

PASSWORD = "a long enough one"
SETTINGS = """
var_dir = "{var}"
policy_file = "{root}/policy.toml"
[entity]
name = "Test GmbH"
address = ["Somewhere 1"]
country = "DE"
tax_id = "DE136695976"
email = "billing@example.com"
[[accounts]]
name = "stripe/eu"
api_base = "http://127.0.0.1:9"
mode = "act"
[[batch_filters]]
name = "Atlas"
product = "Atlas"
days = 3660
[prefect]
port = {port}
"""


@pytest.fixture
def settings(var: Path, prefect: PrefectStandIn) -> Path:
    """The settings of an installation with two leads."""
    ensure_keys(Paths(var).keys)
    for name in ("lars", "lena"):
        add_user(Paths(var), name, "lead", PASSWORD)
    path = var / "counterfoil.toml"
    path.write_text(SETTINGS.format(var=var, root=ROOT, port=prefect.port))
    return path


def typed(settings: Path, *words: str) -> Result:
    """What comes of `counterfoil batch …`."""
    line = ["batch", *words, "--settings", str(settings)]
    return CliRunner().invoke(app, line, env={"COUNTERFOIL_PASSWORD": PASSWORD})


def test_a_batch_from_a_file_to_its_result(settings: Path, var: Path, prefect: PrefectStandIn) -> None:
    file = var / "bad day.csv"
    file.write_text("charge\nch_zoe1_invoiced\nch_zoe3_disputed\n")
    shown = typed(settings, "check", str(file))
    assert shown.exit_code == 0 and "1 refund: 119.00 EUR." in shown.output
    assert "Left out, disputed: 1." in shown.output and "line 3: ch_zoe3_disputed" in shown.output
    digest = json.loads(typed(settings, "check", str(file), "--json").output)["list"]
    why = ("--reason", "duplicate", "--text", "The outage")
    asked = typed(settings, "request", digest, *why, "--as", "lars", "--json")
    run_id = json.loads(asked.output)["run_id"]
    sent, keys = prefect.runs[run_id]["parameters"], public_keys(Paths(var).keys)
    batch = verified_batch(sent["request"], sent["signature"], keys, now=utc_now())
    assert (batch.requester, batch.authenticated_by, batch.totals) == ("lars", "cli", {"EUR": 11900})
    again = typed(settings, "request", digest, *why, "--as", "lena")
    assert again.exit_code == 2 and "--again" in again.output and len(prefect.runs) == 1
    prefect.move(run_id, "PAUSED", "Suspended", "1 item waits for the approval of a lead.")
    assert "Awaiting approval" in typed(settings, "list").output
    own = typed(settings, "approve", run_id, "--as", "lars")
    assert own.exit_code == 1 and not prefect.inputs[run_id]
    assert typed(settings, "approve", run_id, "--as", "lena").exit_code == 0
    assert typed(settings, "pause", run_id, "--as", "lars").exit_code == 0
    approval, step = (json.loads(one["value"]) for one in prefect.inputs[run_id])
    assert approval["approval"]["digest"] == batch.digest
    assert verified_step(step["step"], step["signature"], keys).step == "pause"
    result = typed(settings, "result", run_id)
    rows = list(csv.DictReader(io.StringIO(result.output)))
    assert [(row["Line"], row["State"]) for row in rows] == [("2", "Not begun"), ("3", "Left out")]


def test_what_is_wrong_is_told_in_a_sentence(settings: Path, var: Path, prefect: PrefectStandIn) -> None:
    bad = var / "bad.csv"
    bad.write_text("sum\n1\n")
    refused = typed(settings, "check", str(bad))
    assert "there is no column" in str(refused.exception)
    assert typed(settings, "check", "--filter", "Atlas").output.startswith("1 refund: 119.00 EUR.")
    for words, sentence in (
        (("check",), "Give a CSV file"),
        (("check", "--filter", "Nothing"), "there are: Atlas"),
        (("approve", "11111111-1111-4111-8111-111111111111", "--as", "lena"), "There is no batch"),
        (("approve", "11111111-1111-4111-8111-111111111111", "--as", "nobody"), "No account has this name"),
    ):
        answer = typed(settings, *words)
        assert answer.exit_code == 2 and sentence in " ".join(answer.output.replace("│", " ").split()), answer.output
    gone = typed(settings, "request", "0" * 64, "--reason", "duplicate", "--text", "x", "--as", "lars")
    assert "There is no list of this digest" in str(gone.exception)
    (var / "published" / "current").unlink()
    before = typed(settings, "check", "--filter", "Atlas")
    assert before.exit_code == 2 and "counterfoil publish" in before.output and not prefect.runs
