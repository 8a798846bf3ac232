"""`request`, `approve`, `deny` and `actions`: agent actions from the command line, as a local account."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from counterfoil.action_runs import ActionRun
from counterfoil.approvals import Approval, sign_approval
from counterfoil.cli.options import Json, SettingsFile
from counterfoil.paths import Paths
from counterfoil.policy import load_policy
from counterfoil.queue import EarlierRequest, Queue
from counterfoil.requests import ActionRequest, new_request_id, sign_request, utc_now
from counterfoil.settings import Settings, load_settings
from counterfoil.signing_keys import private_key
from counterfoil.users import User, check_password

Name = Annotated[str, typer.Option("--as", help="Your local account.")]
Password = Annotated[
    str, typer.Option(envvar="COUNTERFOIL_PASSWORD", prompt=True, hide_input=True, help="Its password.")
]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The flow run's id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(request)
    app.command()(approve)
    app.command()(deny)
    app.command()(actions)


def request(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="Such as refund or cancel_subscription.")],
    account: Annotated[str, typer.Option(help="gateway/label, such as stripe/eu.")],
    target: Annotated[str, typer.Option("--on", help="The gateway's id of the charge, subscription, … it is about.")],
    reason: Annotated[str, typer.Option(help="A reason code of the policy.")],
    text: Annotated[str, typer.Option(help="Why, in a few words.")],
    name: Name,
    password: Password,
    amount: Annotated[str | None, typer.Option(help="Like 10.50; left out: all that is left.")] = None,
    currency: Annotated[str | None, typer.Option(help="The amount's ISO 4217 code.")] = None,
    detail: Annotated[list[str] | None, typer.Option(help="name=value, such as at_period_end=no; repeatable.")] = None,
    customer: Annotated[str | None, typer.Option(help="Whose it is; another customer's object is refused.")] = None,
    ticket: Annotated[str | None, typer.Option(help="The helpdesk ticket.")] = None,
    request_id: Annotated[str | None, typer.Option(help="To send the same request again after a lost answer.")] = None,
    again: Annotated[bool, typer.Option(help="You saw the earlier action and want another one.")] = False,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Queue an action, signed in your name, and print its request id and flow run."""
    from connectors.money import Money

    loaded = load_settings(settings)
    user = signed_in(loaded, name, password)
    money = Money.parse(amount, currency or "") if amount is not None else None
    wish = ActionRequest(
        request_id=request_id or new_request_id(),
        action=action,
        account=loaded.account(account).name,
        object_kind=_kind_of(action),
        object_id=target,
        amount_minor=money.minor if money else None,
        currency=money.currency if money else None,
        details=_details(action, detail or []),
        reason_code=reason,
        reason_text=text,
        requester=user.name,
        role=user.role,
        authenticated_by="cli",
        customer_id=customer,
        customer_match="chosen",
        is_match_confirmed=False,
        ticket=ticket,
        is_again=again,
        requested_at=utc_now().isoformat(),
    )
    try:
        submitted = open_queue(loaded).submit(wish, sign_request(wish, private_key(Paths(loaded.var_dir).keys)))
    except EarlierRequest as earlier:
        raise typer.BadParameter(f"{earlier} Add --again if you want another one.") from None
    answer = {"request_id": wish.request_id, "run_id": submitted.run_id, "is_new": submitted.is_new}
    print(json.dumps(answer, indent=2) if as_json else f"{wish.request_id} queued as flow run {submitted.run_id}.")


def _kind_of(action: str) -> str:
    from connectors.actions import ACTIONS

    if action not in ACTIONS:
        raise typer.BadParameter(f"There is no action {action!r}; known are {', '.join(ACTIONS)}.")
    return ACTIONS[action].object_kind


def _details(action: str, written: list[str]) -> dict[str, str | int | bool]:
    """Details as they were typed: yes and no, whole numbers, text, by the kind that the action says."""
    from connectors.requested import details_of

    kinds = {detail.name: detail.kind for detail in details_of(action)}
    found: dict[str, str | int | bool] = {}
    for one in written:
        name, equals, value = one.partition("=")
        if not equals or name not in kinds:
            raise typer.BadParameter(f"{one!r} is no detail of {action}; known are {', '.join(kinds) or 'none'}.")
        found[name] = _typed(kinds[name], value, one)
    return found


def _typed(kind: type[str] | type[int] | type[bool], value: str, written: str) -> str | int | bool:
    if kind is bool:
        if value not in ("yes", "no"):
            raise typer.BadParameter(f"{written!r}: write yes or no.")
        return value == "yes"
    if kind is int:
        if not value.isdecimal():
            raise typer.BadParameter(f"{written!r}: write a whole number.")
        return int(value)
    return value


def approve(
    run: RunId,
    name: Name,
    password: Password,
    comment: Annotated[str, typer.Option(help="For the trail.")] = "",
    settings: SettingsFile = None,
) -> None:
    """Approve an action that waits for a second person."""
    _decide(load_settings(settings), run, name, password, comment, is_approved=True)


def deny(
    run: RunId,
    name: Name,
    password: Password,
    comment: Annotated[str, typer.Option(help="Why; for the requester and the trail.")],
    settings: SettingsFile = None,
) -> None:
    """Deny an action that waits for a second person."""
    _decide(load_settings(settings), run, name, password, comment, is_approved=False)


def actions(
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 20,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """List the latest action requests and where they stand."""
    runs = open_queue(load_settings(settings)).runs(limit=limit)
    if as_json:
        print(json.dumps([asdict(run) for run in runs], indent=2, default=str))
        return
    for run in runs:
        print(_line(run))


def _line(run: ActionRun) -> str:
    wish = run.request
    who, what, target = (str(wish.get(name, "?")) for name in ("requester", "action", "object_id"))
    return f"{run.created_at:%Y-%m-%d %H:%M:%S}  {run.state_name:<18} {what} {target} by {who}: {run.sentence}"


def _decide(settings: Settings, run_id: str, name: str, password: str, comment: str, *, is_approved: bool) -> None:
    user = signed_in(settings, name, password)
    queue = open_queue(settings)
    preview = queue.preview(run_id)
    if preview is None:
        raise typer.BadParameter(f"The run {run_id} does not wait for an approval.")
    approval = Approval(
        run_id=run_id,
        request_id=preview.request_id,
        digest=preview.digest,
        decision="approve" if is_approved else "deny",
        approver=user.name,
        role=user.role,
        authenticated_by="cli",
        comment=comment,
        decided_at=utc_now().isoformat(),
    )
    signature = sign_approval(approval, private_key(Paths(settings.var_dir).keys))
    (queue.approve if is_approved else queue.deny)(run_id, approval, signature)
    print(
        f"{'Approved' if is_approved else 'Denied'}: {preview.action} of {preview.object_id} for {preview.requester}."
    )


def signed_in(settings: Settings, name: str, password: str) -> User:
    """The local account of this name and password. Raises BadParameter."""
    user = check_password(Paths(settings.var_dir), name, password)
    if user is None:
        raise typer.BadParameter("No account has this name and password.")
    return user


def open_queue(settings: Settings) -> Queue:
    """The queue of the settings, with the action worker's bell."""
    minutes = load_policy(settings.policy_file).again_within_minutes
    nudge = f"http://127.0.0.1:{settings.actions.nudge_port}/nudge"
    return Queue(settings.prefect.api_url, nudge_url=nudge, again_within_minutes=minutes)
