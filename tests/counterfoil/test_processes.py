"""The supervisor stops what it started, and only that, and says which process failed."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path

import pytest

from counterfoil.cli.up.leftovers import end_leftovers, note
from counterfoil.cli.up.ports import AlreadyRunning, PortBusy, check_ports, only_instance
from counterfoil.cli.up.processes import Process, ProcessFailed, Spec, start, stop, wait_ready

ENVIRONMENT = {"PATH": os.environ["PATH"]}


def spec(tmp_path: Path, code: str, ready: str = "ready") -> Spec:
    return Spec("sample", [sys.executable, "-c", code], ENVIRONMENT, (tmp_path / ready).exists, ready_within_s=20)


def ignore(process: Process, seconds: float) -> None:
    pass


def test_a_process_that_ignores_sigterm_is_killed_with_its_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterfoil.cli.up.processes.STOP_TIMEOUT_S", 0.5)
    code = (
        "import os, pathlib, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = os.fork()\n"
        f"if child: pathlib.Path({str(tmp_path)!r}, 'child').write_text(str(child))\n"
        f"if child: pathlib.Path({str(tmp_path)!r}, 'ready').touch()\n"
        "while True: time.sleep(0.05)\n"
    )
    process = start(spec(tmp_path, code), tmp_path)
    wait_ready([process], ignore)
    child = int((tmp_path / "child").read_text())
    stop([process])
    assert process.popen.poll() is not None
    until = time.monotonic() + 60
    while is_alive(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_alive(child)


def is_alive(pid: int) -> bool:
    """Whether it runs; a zombie that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_process_that_ends_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    process = start(spec(tmp_path, "print('no database'); raise SystemExit(3)"), tmp_path)
    with pytest.raises(ProcessFailed, match=r"(?s)sample ended with code 3.*no database"):
        wait_ready([process], ignore)


def test_a_process_gets_only_the_environment_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERFOIL_STRIPE_EU_API_KEY", "sk_live_1")
    code = f"import os, pathlib; pathlib.Path({str(tmp_path)!r}, 'ready').write_text(str(dict(os.environ)))"
    process = start(spec(tmp_path, code), tmp_path)
    process.popen.wait(timeout=20)
    assert "sk_live_1" not in (tmp_path / "ready").read_text()


def test_what_a_killed_supervisor_left_behind_is_ended_and_nothing_else(tmp_path: Path) -> None:
    left = start(spec(tmp_path, "import time; time.sleep(60)"), tmp_path)
    other = start(spec(tmp_path, "import time; time.sleep(60)"), tmp_path)
    note(tmp_path / "processes.json", [left])
    assert end_leftovers(tmp_path / "processes.json") == 1
    assert not is_alive(left.popen.pid) and is_alive(other.popen.pid)
    assert end_leftovers(tmp_path / "processes.json") == 0
    stop([left, other])


def test_a_process_id_that_was_given_to_another_is_left_alone(tmp_path: Path) -> None:
    other = start(spec(tmp_path, "import time; time.sleep(60)"), tmp_path)
    noted = tmp_path / "processes.json"
    noted.write_text(json.dumps([{"pid": other.popen.pid, "started": "1"}]))
    assert end_leftovers(noted) == 0
    assert is_alive(other.popen.pid)
    stop([other])


def test_every_busy_port_is_named() -> None:
    with socket.socket() as one, socket.socket() as two:
        for taken in (one, two):
            taken.bind(("127.0.0.1", 0))
            taken.listen()
        ports = {"the web service": one.getsockname()[1], "the sandbox": two.getsockname()[1]}
        with pytest.raises(PortBusy) as caught:
            check_ports(ports)
    assert all(f"port {port} ({name})" in str(caught.value) for name, port in ports.items())


def test_a_second_instance_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    lock = only_instance(tmp_path)
    with pytest.raises(AlreadyRunning, match=str(tmp_path)):
        only_instance(tmp_path)
    lock.release()
    only_instance(tmp_path).release()
