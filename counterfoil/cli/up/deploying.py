"""Deploy prefect.yaml, but only when it or a flow changed.

Prefect's own command does it, in a process that imports Prefect and the flows while the server still starts.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

from counterfoil.cli.up.processes import Process, Spec, tail

REPOSITORY = Path(__file__).resolve().parents[3]
PREFECT_YAML = REPOSITORY / "prefect.yaml"
A_DEPLOYMENT = "pull-all/pull-all"


class DeployFailed(RuntimeError):
    """Prefect could not deploy; the text has its last lines."""


def is_deployed(var: Path) -> bool:
    """Whether these very flows were deployed by an earlier start."""
    stamp = _stamp(var)
    return stamp.exists() and stamp.read_text() == _digest()


def deployer(environment: Mapping[str, str]) -> Spec:
    """The process that deploys as soon as the server answers, and then ends."""
    argv = [sys.executable, "-m", "counterfoil.cli.up.deploy_flows"]
    return Spec("deploy", argv, {**environment, "NO_COLOR": "1"}, lambda: False)


def finish(process: Process, var: Path) -> None:
    """Wait until everything is deployed. Raises DeployFailed."""
    if process.popen.wait() != 0:
        raise DeployFailed(f"`prefect deploy --all` failed. Its log: {process.log}\n{tail(process.log, 40)}")
    _stamp(var).write_text(_digest())


def _stamp(var: Path) -> Path:
    return var / "deployed.sha256"


def _digest() -> str:
    digest = hashlib.sha256(PREFECT_YAML.read_bytes())
    for path in sorted((REPOSITORY / "flows").rglob("*.py")):
        digest.update(str(path.relative_to(REPOSITORY)).encode() + path.read_bytes())
    return digest.hexdigest()
