"""The main job through the real queue: pull, publish, documents, tax, reconciliation, a refund, the audit."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from counterfoil.cli.audit import export_audit
from counterfoil.cli.up.bank import take_bank_statement
from counterfoil.cli.up.deployments import RunState, start_run, wait_for
from counterfoil.cli.up.refund_over_http import RefundResult, refund_one_charge
from counterfoil.cli.up.steps import Step, Steps
from counterfoil.paths import Paths
from counterfoil.prefect_api import PrefectApi
from counterfoil.settings import Settings

FLOW_TIMEOUT_S = 1800.0


class RunNotCompleted(RuntimeError):
    """A flow run of the main job ended otherwise than Completed."""


def run_main_job(settings: Settings, api: PrefectApi, console: Console) -> dict[str, Any]:
    """Run every step and return the summary; raises StepFailed with the name of the one that failed."""
    from counterfoil.cli.up.summary import summarise  # DuckDB is only needed here

    steps = Steps(console)
    for name, deployment in (
        ("Pull the gateways' history", "pull-all/pull-all"),
        ("Load, build, check and publish the warehouse", "refresh-warehouse/refresh-warehouse"),
        ("Validate the incoming batch", "validate-batch/validate-batch"),
        ("Issue the documents", "issue-documents/issue-documents"),
        ("Draw the PDFs", "draw-documents/draw-documents"),
        ("Send the documents", "send-documents/send-documents"),
        ("Make the tax summary", "summarise-tax/summarise-tax"),
        ("Reconcile the payouts", "reconcile-payouts/reconcile-payouts"),
    ):
        with steps.step(name) as step:
            run_deployment(api, deployment, step)
    with steps.step("Refund a charge over HTTP, through the queue") as step:
        refund = refund_one_charge(settings, step.show)
        step.result = f"{refund.outcome}: {refund.sentence}"
        _expect_done(refund)
    with steps.step("Export the audit trail") as step:
        run_deployment(api, "export-audit/export-audit", step)
        exported = export_audit(settings)
        step.result = f"{exported['rows']} records in {exported['folder']}"
    with steps.step("Import the statement of the bank") as step:
        step.show(take_bank_statement(settings))
        run_deployment(api, "import-statements/import-statements", step)
    with steps.step("Publish it all") as step:
        run_deployment(api, "refresh-warehouse/refresh-warehouse", step)
    with steps.step("Verify the audit trail") as step:
        summary = summarise(settings, Paths(settings.var_dir), refund, steps.seconds)
        step.result = str(summary["audit"]["sentence"])
        if not summary["audit"]["is_intact"]:
            raise RunNotCompleted(step.result)
    return summary


def run_deployment(api: PrefectApi, deployment: str, step: Step, parameters: dict[str, Any] | None = None) -> None:
    """Run one deployment and wait; raise RunNotCompleted with Prefect's message if it did not end Completed."""
    run_id = start_run(api, deployment, parameters or {})

    def show(state: RunState) -> None:
        step.show(state.name.lower())

    state = wait_for(api, run_id, FLOW_TIMEOUT_S, show)
    if state.type != "COMPLETED":
        raise RunNotCompleted(f"the flow run {run_id} ended as {state.name}: {state.message}")


def _expect_done(refund: RefundResult) -> None:
    if refund.outcome != "Done":
        raise RunNotCompleted(f"the refund ended as {refund.outcome}: {refund.sentence}")
