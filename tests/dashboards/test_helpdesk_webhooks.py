"""What helpdesks send: kept once it is verified, refused otherwise, and never believed beyond the name of a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from connectors.helpdesks.registry import NAMES
from counterfoil.paths import Paths
from counterfoil.secrets import Secret
from counterfoil.ticket_commands import waiting_hints
from dashboards.app import make_app
from dashboards.inbox import COMMANDS
from sandbox.helpdesks.app import HelpdeskStandIn, challenge
from sandbox.helpdesks.front import Front
from sandbox.helpdesks.running import make_standin, settings_of
from tests.dashboards.conftest import BASE, settings_for

SECRET = "the secret of the webhooks"
SET_UP = [name for name in NAMES if name != "front"]


class Bell:
    """Counts."""

    rung = 0

    def ring(self) -> None:
        self.rung += 1


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    secrets = {f"{name}/main": (Secret("an older one"), Secret(SECRET)) for name in SET_UP}
    app = make_app(settings_for(tmp_path), is_sandbox=False, webhook_secrets=secrets)
    app.state.bells = {COMMANDS: Bell()}
    yield TestClient(app, base_url=BASE)


def noted(name: str, secret: str = SECRET) -> tuple[HelpdeskStandIn, str, bytes, dict[str, str]]:
    """A stand-in, a ticket, and the message of a note on it."""
    standin = make_standin(name, None, settings_of(name))
    ticket = standin.face.desk.open("kim@example.com", "Kim", "Charged twice", "<p>Hello</p>")
    part = standin.face.desk.add(ticket["id"], "note", "9001", "<p>counterfoil: refund last charge</p>")
    event = {"seq": 2, "kind": "note", "ticket": ticket["id"], "part": part["id"], "by_api": False}
    assert standin.face.delivers(event)
    body, headers = standin.face.message(event, secret)
    return standin, ticket["id"], body, headers


@pytest.mark.parametrize("name", SET_UP)
def test_a_message_of_each_helpdesk_is_kept_and_the_worker_asked(client: TestClient, tmp_path: Path, name: str) -> None:
    _, ticket_id, body, headers = noted(name)
    for _ in range(2):  # as a helpdesk does that did not hear the answer
        answer = client.post(f"/helpdesks/{name}/main", content=body, headers=headers)
        assert answer.status_code == 200, answer.text
    hints = {(hint.helpdesk, hint.ticket_id) for _, hint in waiting_hints(Paths(tmp_path).commands)}
    assert hints == {(f"{name}/main", ticket_id)}
    assert client.app.state.bells[COMMANDS].rung == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SET_UP)
def test_a_forged_message_leaves_nothing(client: TestClient, tmp_path: Path, name: str) -> None:
    _, _, body, headers = noted(name, "another secret")
    answer = client.post(f"/helpdesks/{name}/main", content=body, headers=headers)
    assert answer.status_code == 400
    assert "The signature is not the helpdesk" in answer.text
    assert waiting_hints(Paths(tmp_path).commands) == []
    assert client.app.state.bells[COMMANDS].rung == 0  # type: ignore[attr-defined]


def test_a_helpdesk_without_a_secret_or_outside_the_settings_is_not_heard(client: TestClient, tmp_path: Path) -> None:
    _, _, body, headers = noted("front")
    assert client.post("/helpdesks/front/main", content=body, headers=headers).status_code == 503
    assert client.post("/helpdesks/front/other", content=body, headers=headers).status_code == 404
    assert client.post("/helpdesks/kayako/main", content=body, headers=headers).status_code == 404
    assert client.get("/helpdesks/zendesk/main").status_code in (404, 405)
    assert waiting_hints(Paths(tmp_path).commands) == []


def test_fronts_challenge_is_answered(tmp_path: Path) -> None:
    app = make_app(settings_for(tmp_path), is_sandbox=False, webhook_secrets={"front/main": (Secret(SECRET),)})
    standin, *_ = noted("front")
    assert isinstance(standin.face, Front)
    body, headers = challenge(standin.face, SECRET, "abc123")
    answer = TestClient(app, base_url=BASE).post("/helpdesks/front/main", content=body, headers=headers)
    assert (answer.status_code, answer.text) == (200, "abc123")
