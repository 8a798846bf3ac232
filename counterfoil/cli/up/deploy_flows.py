"""`python -m counterfoil.cli.up.deploy_flows`: make the pools and run `prefect deploy --all`, when the server answers.

What takes long is importing Prefect and the flows, so that is done first.
"""

from __future__ import annotations

import importlib
import os
import re
import runpy
import sys

from counterfoil.cli.up.deploying import PREFECT_YAML, REPOSITORY
from counterfoil.cli.up.deployments import ensure_pool
from counterfoil.prefect_api import PrefectApi

SERVER_START_S = 180.0


def main() -> None:
    """Exits as `prefect deploy` does."""
    _import_ahead()
    api = PrefectApi(os.environ["PREFECT_API_URL"], patience_s=SERVER_START_S)
    ensure_pool(api, "batch", "process")
    ensure_pool(api, "actions", "counterfoil-actions")
    ensure_pool(api, "warehouse", "counterfoil-warehouse")
    api.close()
    os.chdir(REPOSITORY)
    sys.argv = ["prefect", "--no-prompt", "deploy", "--all"]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


def _import_ahead() -> None:
    importlib.import_module("prefect.cli.deploy")
    for module in re.findall(r"(?m)^ +entrypoint: (\S+)\.\w+$", PREFECT_YAML.read_text(encoding="utf-8")):
        importlib.import_module(module)


if __name__ == "__main__":
    main()
