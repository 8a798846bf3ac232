"""`counterfoil up`: start everything, deploy, run the main job, and stop what was started."""

from __future__ import annotations

import json
import signal
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType

from rich.console import Console

from counterfoil.cli.up import helpdesk_stand_ins
from counterfoil.cli.up.deploying import A_DEPLOYMENT, REPOSITORY, deployer, finish, is_deployed
from counterfoil.cli.up.deployments import deployment_id, drop_late_schedules, end_orphans
from counterfoil.cli.up.environment import write_authority
from counterfoil.cli.up.leftovers import end_leftovers, note
from counterfoil.cli.up.plan import Plan, make_plan
from counterfoil.cli.up.ports import check_ports, only_instance
from counterfoil.cli.up.processes import Process, Spec, start, stop, wait_ready
from counterfoil.cli.up.stand_ins import local_port
from counterfoil.paths import Paths
from counterfoil.policy import load_policy
from counterfoil.prefect_api import PrefectApi
from counterfoil.requests import utc_now
from counterfoil.settings import Settings, SettingsInvalid, load_settings
from counterfoil.signing_keys import ensure_keys

SANDBOX_SETTINGS = REPOSITORY / "sandbox" / "counterfoil.toml"
SERVER_PATIENCE_S = 60.0
"""A busy machine answers late; start-up can wait."""


def up(settings_file: Path, *, scale: str | None, is_once: bool, console: Console) -> None:
    """Run until Ctrl-C, or with `is_once` until the main job is done. Raises with a sentence on any failure.

    `scale`: how much history the stand-in gateway has, "small" or "full"; None for real gateways.
    """
    is_sandbox = scale is not None
    settings = load_settings(settings_file)
    _check_before_start(settings, is_sandbox=is_sandbox)
    paths = Paths(settings.var_dir)
    with ExitStack() as stack:
        lock = only_instance(paths.var)
        stack.callback(lock.release)
        noted = paths.var / "processes.json"
        if left := end_leftovers(noted):
            console.print(f"Ended {left} processes that a killed earlier start had left behind.")
        check_ports(_ports(settings, is_sandbox=is_sandbox))
        _mark_installation(paths.var, is_sandbox=is_sandbox)
        ensure_keys(paths.keys)
        write_authority(paths)
        signal.signal(signal.SIGTERM, _as_interrupt)
        processes: list[Process] = []
        stack.callback(lambda: _stop(processes, noted, console))
        plan = make_plan(settings, settings_file.absolute(), scale=scale)
        api = PrefectApi(settings.prefect.api_url, patience_s=SERVER_PATIENCE_S)
        stack.callback(api.close)
        _start_all(plan, settings, api, processes, console)
        if is_sandbox:
            _main_job(settings, api, console)
        if not is_once:
            # From here on Ctrl-C is the ordinary way to stop.
            with suppress(KeyboardInterrupt):
                _watch(processes, console)


def _start_all(plan: Plan, settings: Settings, api: PrefectApi, processes: list[Process], console: Console) -> None:
    paths = Paths(settings.var_dir)
    deploying = None if is_deployed(paths.var) else _launch(deployer(plan.base), processes, paths)
    _start(plan.first, processes, paths, console)
    began = time.monotonic()
    if deploying is None and deployment_id(api, A_DEPLOYMENT) is None:
        # Prefect's database is a new one.
        deploying = _launch(deployer(plan.base), processes, paths)
    if deploying is not None:
        with console.status("deploying the flows of prefect.yaml …"):
            finish(deploying, paths.var)
        processes.remove(deploying)
    drop_late_schedules(api, utc_now())
    end_orphans(api, "batch")
    verb = "unchanged since they were deployed" if deploying is None else "deployed"
    console.print(f"[green]✓[/] flows of prefect.yaml {verb} [dim]({time.monotonic() - began:.1f} s)[/]")
    _start(plan.workers, processes, paths, console)
    _show_addresses(settings, paths, console)


def _start(specs: tuple[Spec, ...], processes: list[Process], paths: Paths, console: Console) -> None:
    started = [_launch(spec, processes, paths) for spec in specs]

    def ready(process: Process, seconds: float) -> None:
        console.print(f"[green]✓[/] {process.spec.name} is ready [dim]({seconds:.1f} s)[/]")

    with console.status(f"starting {', '.join(spec.name for spec in specs)} …"):
        wait_ready(started, ready)


def _launch(spec: Spec, processes: list[Process], paths: Paths) -> Process:
    process = start(spec, paths.logs)
    processes.append(process)
    note(paths.var / "processes.json", processes)
    return process


def _main_job(settings: Settings, api: PrefectApi, console: Console) -> None:
    from counterfoil.cli.up.main_job import run_main_job
    from counterfoil.cli.up.summary import show_summary, write_summary

    summary = run_main_job(settings, api, console)
    path = settings.var_dir / "summary.json"
    write_summary(summary, path)
    show_summary(summary, console)
    console.print(f"\nThe summary: {path}")
    _show_addresses(settings, Paths(settings.var_dir), console)


def _show_addresses(settings: Settings, paths: Paths, console: Console) -> None:
    base = settings.web.base_url
    is_sandbox = (paths.var / "sandbox").exists()
    rows = (
        ("Sign in as any role", f"{base}/sandbox/sign-in") if is_sandbox else ("Sign in", f"{base}/sign-in"),
        ("Revenue", f"{base}/"),
        ("Customers", f"{base}/customers"),
        *((f"Tickets in {one.kind}", f"{one.api_base}/") for one in settings.helpdesks if is_sandbox),
        ("Tax", f"{base}/tax"),
        ("Audit trail", f"{base}/audit"),
        ("Prefect UI", f"http://127.0.0.1:{settings.prefect.port}"),
        ("PDFs", str(paths.documents)),
        *([("Mails (sandbox)", str(paths.var / "sandbox" / "mail"))] if is_sandbox else []),
        ("Logs", str(paths.logs)),
    )
    console.print()
    for name, address in rows:
        console.print(f"  {name:<20} {address}", highlight=False, soft_wrap=True)
    console.print()


def _watch(processes: list[Process], console: Console) -> None:
    console.print("Running. Ctrl-C stops everything that was started here.")
    while True:
        for process in processes:
            process.check()
        time.sleep(0.5)


def _stop(processes: list[Process], noted: Path, console: Console) -> None:
    if processes:
        console.print(f"Stopping {', '.join(process.spec.name for process in processes)} …")
        stop(processes)
        noted.unlink(missing_ok=True)


def _check_before_start(settings: Settings, *, is_sandbox: bool) -> None:
    from flows.invoicing.system_libraries import missing_libraries

    load_policy(settings.policy_file)
    missing = missing_libraries()
    if missing:
        raise SettingsInvalid("\n".join(missing))
    outside = [account.name for account in settings.accounts if not account.api_base.startswith("http://127.0.0.1:")]
    if is_sandbox and outside:
        raise SettingsInvalid(
            "--sandbox signs anybody in, so every account must point at the sandbox; "
            f"these do not: {', '.join(outside)}."
        )


def _mark_installation(var: Path, *, is_sandbox: bool) -> None:
    """A folder is either the sandbox's or a company's; the two are never mixed."""
    mark = var / "installation.json"
    if mark.exists():
        if bool(json.loads(mark.read_text())["is_sandbox"]) == is_sandbox:
            return
        other = "a company's own data" if is_sandbox else "the sandbox's data"
        raise SettingsInvalid(f"{var} holds {other}. Choose another var_dir in the settings, or delete the folder.")
    mark.write_text(json.dumps({"is_sandbox": is_sandbox}))


def _ports(settings: Settings, *, is_sandbox: bool) -> dict[str, int]:
    stand_ins = {f"the stand-in of {account.name}": local_port(account) for account in settings.accounts}
    stand_ins |= {f"the stand-in of {kind}": port for kind, port in helpdesk_stand_ins.ports(settings).items()}
    stand_ins |= {"the mailbox": settings.mail.port} if settings.mail else {}
    return {
        "the web service": settings.web.port,
        "the Prefect server": settings.prefect.port,
        "the batch worker's health": settings.prefect.port + 1,
        "the action worker": settings.actions.nudge_port,
        **(stand_ins if is_sandbox else {}),
    }


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)
