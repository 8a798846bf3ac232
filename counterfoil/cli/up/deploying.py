"""Deploy prefect.yaml, but only when it or a flow changed: deploying takes about a second for each deployment."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from counterfoil.cli.up.prefect_api import PrefectApi

REPOSITORY = Path(__file__).resolve().parents[3]
PREFECT_YAML = REPOSITORY / "prefect.yaml"


class DeployFailed(RuntimeError):
    """Prefect could not deploy; the text has its last lines."""


def deploy(api: PrefectApi, environment: Mapping[str, str], var: Path) -> bool:
    """Make pools and limits, and deploy what prefect.yaml lists. Return whether anything had to be deployed."""
    stamp = var / "deployed.sha256"
    digest = _digest()
    if stamp.exists() and stamp.read_text() == digest and api.deployment_id("pull-all/pull-all"):
        return False
    api.ensure_pool("batch", "process")
    api.ensure_pool("actions", "counterfoil-actions")
    api.ensure_pool("warehouse", "counterfoil-warehouse")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("prefect")), "--no-prompt", "deploy", "--all"],
        cwd=REPOSITORY,
        env={**environment, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise DeployFailed(f"`prefect deploy --all` failed:\n{(done.stdout + done.stderr)[-2000:]}")
    stamp.write_text(digest)
    return True


def _digest() -> str:
    digest = hashlib.sha256(PREFECT_YAML.read_bytes())
    for path in sorted((REPOSITORY / "flows").rglob("*.py")):
        digest.update(str(path.relative_to(REPOSITORY)).encode() + path.read_bytes())
    return digest.hexdigest()
