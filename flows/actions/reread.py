"""After an action its objects are read again and landed, so that the next build shows what the gateway shows."""

from __future__ import annotations

from connectors.actions import ACTIONS
from connectors.errors import GatewayError
from counterfoil.requests import ActionRequest
from flows.actions import faults
from flows.actions.conclusion import Conclusion
from flows.actions.desk import Desk
from flows.ingest.asking import ask_for_refresh
from warehouse.landing import LandingWriter


def read_again(desk: Desk, request: ActionRequest, conclusion: Conclusion) -> str:
    """Land the object and what the action made as they stand now; return "" or the reason why that has to wait.

    It is no part of the action: what fails here is read by the next pull.
    """
    gateway = desk.accounts.gateway(request.account)
    changed = gateway.resource_of.get(ACTIONS[request.action].object_kind)
    made = gateway.made_by.get(request.action)
    wanted = [(changed, request.object_id)] if changed else []
    if made and conclusion.gateway_reference:
        wanted.append((made, conclusion.gateway_reference))
    faults.point("before_landing")
    try:
        for resource, object_id in wanted:
            _land(desk, request.account, resource, object_id)
    except (GatewayError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    faults.point("after_landing")
    ask_for_refresh(desk.queue, desk.paths, request.account)
    return ""


def _land(desk: Desk, account: str, resource: str, object_id: str) -> None:
    page = desk.accounts.reader(account).fetch(resource, object_id)
    if page is None:
        return
    with LandingWriter(desk.paths.landing, account, page.resource, page.seen_at) as writer:
        writer.add(page.body)
