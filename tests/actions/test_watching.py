"""What a real Prefect server tells of runs that wait, hang or fail again and again, and that it is told once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from counterfoil.alerts import WEBHOOK
from counterfoil.requests import utc_now
from flows.actions.verify_audit import verify_now
from flows.watching.watch_everything import look_now, watch_once
from tests.actions.stand import Stand
from tests.watching.test_telling import listening

HOUR = timedelta(hours=1)
Scheduled = Callable[[str, str], str]


@pytest.fixture
def scheduled(bare_stand: Stand) -> Iterator[Scheduled]:
    """A function that ends a run of a scheduled deployment of its own in a state."""
    api, made = bare_stand.queue.api, dict[str, str]()

    def ended(name: str, state: str) -> str:
        if name not in made:
            flow = api.post("flows/", {"name": f"flow of {name}"}).body["id"]
            schedule = {"active": True, "schedule": {"interval": 315_360_000}}
            body = {"name": name, "flow_id": flow, "schedules": [schedule], "enforce_parameter_schema": False}
            made[name] = str(api.post("deployments/", body).body["id"])
        run = str(api.post(f"deployments/{made[name]}/create_flow_run", {}).body["id"])
        wanted = {"type": state, "name": state.capitalize(), "message": f"It was {state.lower()}."}
        api.post(f"flow_runs/{run}/set_state", {"state": wanted, "force": True})
        return run

    yield ended
    for deployment in made.values():
        api.call("DELETE", f"deployments/{deployment}")


def test_what_waits_hangs_or_fails_is_found_and_told_once(
    bare_stand: Stand, scheduled: Scheduled, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, settings = bare_stand.queue, bare_stand.settings
    before = {one.key for one in look_now(settings, utc_now())}
    waits = bare_stand.submit(bare_stand.wish(bare_stand.charge()))
    hangs = bare_stand.submit(bare_stand.wish(bare_stand.charge()))
    assert queue.set_state(hangs, "PENDING", "Pending", "") == "ACCEPT"
    for name, states in {"nightly": "FFF", "shaky": "FCF", "verify-audit": "CF"}.items():
        for state in states:
            scheduled(name, {"F": "FAILED", "C": "COMPLETED"}[state])
    now = {one.key: one.sentence for one in look_now(settings, utc_now()) if one.key not in before}
    assert list(now) == ["failing:nightly", "chain"], "nothing waits for long yet"
    assert now["failing:nightly"] == "nightly failed 3 times in a row; the last time: It was failed."
    assert now["chain"].startswith("The audit trail does not hold")
    later = {one.key: one.sentence for one in look_now(settings, utc_now() + HOUR)}
    assert waits in later["waiting:carry-out"] and "is its worker running?" in later["waiting:carry-out"]
    assert hangs in later["hanging:carry-out"]
    with listening(200) as (address, taken):
        monkeypatch.setenv(WEBHOOK, address)
        first, second = (watch_once(settings, utc_now() + HOUR) for _ in range(2))
        assert first.told == len(first.found) == len(taken[0]["wrong"]) and second.told == 0  # type: ignore[arg-type]
        for run in (waits, hangs):
            queue.set_state(run, "CANCELLED", "Cancelled", "Only a test.")
        third = watch_once(settings, utc_now() + HOUR)
    keys = {one["key"] for one in taken[1]["over"]}  # type: ignore[attr-defined]
    assert len(taken) == 2 and {"waiting:carry-out", "hanging:carry-out"} <= keys and not third.trouble
    monkeypatch.setenv("COUNTERFOIL_SETTINGS", bare_stand.env["COUNTERFOIL_SETTINGS"])
    assert verify_now().rows >= 0
