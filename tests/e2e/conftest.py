"""One whole installation for the folder's tests: every process real, on free ports, with a small stand-in."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 1200


@dataclass
class Installation:
    """A running `counterfoil up --sandbox` whose main job is done."""

    settings: Path
    var: Path
    process: subprocess.Popen[bytes]
    output: Path
    web: str
    prefect: str
    sandbox: str
    nudge_port: int

    @property
    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.var / "summary.json").read_text(encoding="utf-8"))
        return found

    def books(self) -> dict[str, Any]:
        """The stand-in's own truth."""
        found: dict[str, Any] = httpx.get(f"{self.sandbox}/_sandbox/books", headers=CONTROL, timeout=30).json()
        return found

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `counterfoil …` on this installation."""
        return subprocess.run(
            [str(Path(sys.executable).with_name("counterfoil")), *arguments, "--settings", str(self.settings)],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )


CONTROL = {"X-Sandbox-Token": "sandbox-control"}


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    made = start_installation(folder)
    try:
        wait_for_summary(made)
        yield made
    finally:
        made.process.send_signal(signal.SIGINT)
        made.process.wait(timeout=60)


def start_installation(folder: Path, again: Installation | None = None) -> Installation:
    """Start one on free ports with its data in `folder`; `again`: on the data and ports of an earlier one."""
    if again is not None:
        return replace(again, process=_run(again.settings, again.output))
    text = (ROOT / "sandbox" / "counterfoil.toml").read_text(encoding="utf-8")
    stand_ins = sorted(set(re.findall(r"http://127.0.0.1:(\d+)", text)))
    web, prefect, nudge, mail, *gateways = _ports(4 + len(stand_ins))
    sandbox = gateways[stand_ins.index("8431")]
    for old, new in (
        ('var_dir = "../var"', f'var_dir = "{folder / "var"}"'),
        ('policy_file = "../policy.toml"', f'policy_file = "{ROOT / "policy.toml"}"'),
        ("port = 8420", f'port = {web}\nbase_url = "http://127.0.0.1:{web}"'),
        ("port = 8421", f"port = {prefect}"),
        ("nudge_port = 8423", f"nudge_port = {nudge}"),
        ("port = 8425", f"port = {mail}"),
        *((f"127.0.0.1:{old}", f"127.0.0.1:{new}") for old, new in zip(stand_ins, gateways, strict=True)),
    ):
        assert old in text, old
        text = text.replace(old, new)
    settings = folder / "counterfoil.toml"
    settings.write_text(text, encoding="utf-8")
    output = folder / "up.log"
    return Installation(
        settings=settings,
        var=folder / "var",
        process=_run(settings, output),
        output=output,
        web=f"http://127.0.0.1:{web}",
        prefect=f"http://127.0.0.1:{prefect}/api",
        sandbox=f"http://127.0.0.1:{sandbox}",
        nudge_port=nudge,
    )


def _run(settings: Path, output: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "counterfoil.cli", "up", "--sandbox", "--sandbox-scale", "small"]
    with output.open("wb") as log:
        return subprocess.Popen(
            [*command, "--settings", str(settings)],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "COLUMNS": "300"},
        )


def _ports(wanted: int) -> list[int]:
    """Free ports; the second is Prefect's, and the batch worker's health stands on the one after it."""
    while True:
        sockets = [socket.socket() for _ in range(wanted)]
        try:
            for one in sockets:
                one.bind(("127.0.0.1", 0))
            ports = [int(one.getsockname()[1]) for one in sockets]
            with socket.socket() as after:
                after.bind(("127.0.0.1", ports[1] + 1))
                return ports
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()


def wait_for_summary(made: Installation) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not (made.var / "summary.json").exists():
        text = made.output.read_text(encoding="utf-8", errors="replace")
        logs = "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in (made.var / "logs").glob("*.log")
        )
        assert made.process.poll() is None, re.sub(r"\x1b\[[0-9;]*m", "", text) + logs
        assert time.monotonic() < deadline, text + logs
        time.sleep(0.5)
