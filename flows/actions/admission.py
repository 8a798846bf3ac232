"""Before anything else: is this run one of ours, unaltered, in time, and not finished already?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.actions import ACTIONS
from connectors.registry import GatewayUnknown
from counterfoil.approvals import expires_at
from counterfoil.batches import Proof
from counterfoil.policy import Policy
from counterfoil.requests import ActionRequest, RequestInvalid, SignatureInvalid
from counterfoil.settings import SettingsInvalid
from flows.actions.conclusion import refused
from flows.actions.desk import Desk
from flows.actions.proof import proven

_FINAL = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})
_STOPPED = frozenset({"CANCELLING", "CANCELLED"})


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What Prefect knows of the run that asks. None of it is trusted for who asked or what for."""

    run_id: str
    idempotency_key: str | None
    run_count: int
    created_at: datetime
    labels: Mapping[str, Any]
    is_item: bool = False
    """Whether it is a run of the flow for items of batches."""

    @property
    def is_rerun(self) -> bool:
        """Whether a worker had it before: after an approval, a take-over, or because somebody started it again."""
        return self.run_count > 1


@dataclass(frozen=True, slots=True)
class History:
    """What a run's earlier states forbid."""

    was_finished: bool
    """A finished run sends nothing again, whoever starts it anew."""
    was_stopped: bool
    claim: str
    """Who claimed it last, as the claim says; empty where nobody did."""


def admitted(
    desk: Desk, run: RunFacts, payload: Any, signature: Any, policy: Policy
) -> tuple[ActionRequest, Proof | None]:
    """Return the request behind a run, and its proof where it is an item of a batch; or raise Concluded with the
    refusal. Nothing is asked of the gateway."""
    if not isinstance(payload, Mapping) or not isinstance(signature, str):
        raise refused("The run holds no signed request; it was made or changed outside Counterfoil.", "signature")
    try:
        request, proof = proven(desk.paths, payload, signature, now=desk.now())
    except SignatureInvalid as error:
        raise refused(str(error), "signature") from None
    except UnicodeError:
        raise refused("The request holds text that is not Unicode.", "request") from None
    except RequestInvalid as error:
        raise refused(str(error), "request") from None
    if run.idempotency_key != request.request_id or run.is_item != (proof is not None):
        # A signed request that somebody copied into a second run: the first one is the only one.
        raise refused("This is a copy of a request that has its own run; nothing was sent.", "replay")
    if desk.now() > expires_at(request, policy):
        raise refused(f"The request is older than {policy.approval_expires_hours} hours; ask for it again.", "expired")
    _check_account(desk, request)
    return request, proof


def _check_account(desk: Desk, request: ActionRequest) -> None:
    try:
        account = desk.settings.account(request.account)
        capabilities = desk.accounts.gateway(request.account).capabilities
    except (SettingsInvalid, GatewayUnknown) as error:
        raise refused(str(error), "accounts") from None
    if account.mode != "act":
        sentence = f'{request.account} is only read; set mode = "act" for it in the settings to allow actions.'
        raise refused(sentence, "accounts.mode")
    if request.action not in ACTIONS or ACTIONS[request.action].object_kind != request.object_kind:
        raise refused(f"There is no action {request.action[:40]!r} on a {request.object_kind}.", "action")
    if request.action not in capabilities.actions:
        reason = capabilities.absent.get(request.action, "it knows no such action.")
        raise refused(f"{capabilities.gateway} cannot {request.action.replace('_', ' ')}: {reason}", "capabilities")


def history_of(desk: Desk, run_id: str) -> History:
    """Read the run's states. A stop that was asked for stays in them even where a later state hides it."""
    states = desk.queue.states(run_id)
    kinds = {str(state["type"]) for state in states}
    claims = [str(state["message"]) for state in states if state["type"] == "PENDING" and state.get("message")]
    return History(bool(kinds & _FINAL), bool(kinds & _STOPPED), claims[-1] if claims else "")
