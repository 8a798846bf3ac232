"""Signing in: passwords, sessions that end, forms that cannot be forged, and the sandbox's own door."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from itsdangerous import URLSafeTimedSerializer

from counterfoil.users import add_user, remove_user
from dashboards.app import make_app
from dashboards.pages.sandbox_sign_in import SandboxRefused
from dashboards.pages.sign_in import own_path
from dashboards.sessions import COOKIE
from tests.dashboards.conftest import BASE, Web, hidden, make_web, settings_for, token
from tests.dashboards.published_reports import NOW

PASSWORD = "correct horse battery"


def _sign_in(client: TestClient, name: str, password: str, **more: str) -> int:
    page = client.get("/sign-in")
    form = {"name": name, "password": password, "csrf": token(page.text), **more}
    return int(client.post("/sign-in", data=form, follow_redirects=False).status_code)


def test_the_right_password_opens_the_first_page_of_the_role(web: Web) -> None:
    add_user(web.paths, "Ada@Example.com ", "agent", PASSWORD)
    client = web.open()
    assert _sign_in(client, "ADA@example.com", PASSWORD) == 303
    assert "ada@example.com" in client.get("/").text


def test_wrong_password_and_unknown_name_get_the_same_answer(web: Web) -> None:
    add_user(web.paths, "ada@example.com", "agent", PASSWORD)
    client = web.open()
    answers = []
    for name in ("ada@example.com", "nobody@example.com"):
        page = client.get("/sign-in")
        form = {"name": name, "password": "wrong password", "csrf": token(page.text), "next": ""}
        answer = client.post("/sign-in", data=form)
        answers.append((answer.status_code, "not right" in answer.text, name in answer.text))
    assert answers == [(401, True, False), (401, True, False)]


def test_too_many_tries_are_stopped_even_with_the_right_password(web: Web) -> None:
    add_user(web.paths, "ada@example.com", "agent", PASSWORD)
    client = web.open()
    codes = [_sign_in(client, "ada@example.com", "wrong password") for _ in range(11)]
    assert codes == [401] * 10 + [429]
    assert _sign_in(client, "ada@example.com", PASSWORD) == 429


@pytest.mark.parametrize("change", ["password", "removed", "removed and made again"])
def test_a_session_ends_when_the_account_changes(web: Web, change: str) -> None:
    add_user(web.paths, "ada@example.com", "lead", PASSWORD)
    client = web.open()
    _sign_in(client, "ada@example.com", PASSWORD)
    assert client.get("/customers", follow_redirects=False).status_code == 200
    if change == "password":
        add_user(web.paths, "ada@example.com", "lead", PASSWORD + "2")
    else:
        remove_user(web.paths, "ada@example.com")
    if change == "removed and made again":
        add_user(web.paths, "ada@example.com", "lead", PASSWORD)
    assert client.get("/customers", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("kind", ["changed", "truncated", "foreign key", "no cookie at all", "wrong shape"])
def test_a_session_that_we_did_not_write_is_none(web: Web, kind: str) -> None:
    client = web.as_role("finance")
    good = client.cookies[COOKIE]
    foreign = URLSafeTimedSerializer(b"another key", salt="counterfoil.session")
    own = URLSafeTimedSerializer((web.paths.keys / "session.key").read_bytes(), salt="counterfoil.session")
    bad = {
        "changed": ("A" if good[0] != "A" else "B") + good[1:],
        "truncated": good[:-4],
        "foreign key": str(foreign.dumps({"name": "finance@sandbox.example", "version": 0, "csrf": "x"})),
        "no cookie at all": "",
        "wrong shape": str(own.dumps(["finance@sandbox.example"])),
    }[kind]
    client.cookies.clear()
    client.cookies.set(COOKIE, bad)
    assert client.get("/tax", follow_redirects=False).status_code == 303


def test_the_cookie_is_hidden_from_scripts_and_secure_over_https(web: Web, var: Path) -> None:
    plain = web.open().get("/sign-in").headers["set-cookie"].lower()
    assert "httponly" in plain and "samesite=lax" in plain and "secure" not in plain
    settings = settings_for(var, web={"base_url": "https://billing.example.com"})
    app = make_app(settings, is_sandbox=False, webhook_secrets={}, clock=lambda: NOW)
    answer = TestClient(app, base_url="https://billing.example.com").get("/sign-in")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers


def test_the_session_key_is_readable_by_its_owner_only(web: Web) -> None:
    assert (web.paths.keys / "session.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("sent", [None, "", "forged", "Zoë"])
def test_a_form_without_its_sessions_token_does_nothing(web: Web, sent: str | None) -> None:
    add_user(web.paths, "ada@example.com", "agent", PASSWORD)
    client = web.open()
    client.get("/sign-in")
    form = {"name": "ada@example.com", "password": PASSWORD} | ({} if sent is None else {"csrf": sent})
    assert client.post("/sign-in", data=form, follow_redirects=False).status_code == 403
    assert client.get("/customers", follow_redirects=False).status_code == 303


def test_another_sessions_token_does_not_pass(web: Web) -> None:
    agent, other = web.as_role("agent"), web.as_role("agent")
    form = {"csrf": token(other.get("/customers").text)}
    assert agent.post("/sign-out", data=form, follow_redirects=False).status_code == 403


def test_sign_out_ends_the_session_in_this_browser(web: Web) -> None:
    client = web.as_role("agent")
    client.post("/sign-out", data={"csrf": token(client.get("/customers").text)})
    assert client.get("/customers", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/customers?q=zoe", "/customers?q=zoe"),
        ("https://evil.example", ""),
        ("//evil.example", ""),
        ("/\\evil.example", ""),
        ("/a\r\nSet-Cookie: x=1", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_nobody_is_led_elsewhere_after_sign_in(wanted: str, led: str) -> None:
    assert own_path(wanted) == led


def test_the_sandbox_door_is_absent_outside_the_sandbox(var: Path) -> None:
    app = make_app(settings_for(var), is_sandbox=False, webhook_secrets={}, clock=lambda: NOW)
    client = TestClient(app, base_url=BASE)
    assert client.get("/sandbox/sign-in").status_code == 404
    csrf = token(client.get("/sign-in").text)
    assert client.post("/sandbox/sign-in", data={"role": "lead", "csrf": csrf}).status_code == 404


def test_a_sandbox_session_is_worth_nothing_outside_the_sandbox(web: Web) -> None:
    cookie = web.as_role("finance").cookies[COOKIE]
    app = make_app(web.settings, is_sandbox=False, webhook_secrets={}, clock=lambda: NOW)
    outside = TestClient(app, base_url=BASE, cookies={COOKIE: cookie})
    assert outside.get("/tax", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"accounts": [{"name": "stripe/eu", "api_base": "https://api.stripe.com"}]}, "stripe/eu"),
        ({"accounts": [{"name": "stripe/eu", "api_base": "http://127.0.0.1.evil.example"}]}, "stripe/eu"),
        ({"accounts": [{"name": "stripe/eu", "api_base": "http://user@127.0.0.1.evil.example:1"}]}, "stripe/eu"),
        ({"web": {"host": "192.0.2.1"}}, "web.host"),
    ],
)
def test_the_sandbox_door_is_refused_beside_anything_real(var: Path, changes: dict[str, object], named: str) -> None:
    with pytest.raises(SandboxRefused, match=named):
        make_app(settings_for(var, **changes), is_sandbox=True, webhook_secrets={})  # type: ignore[arg-type]


def test_the_sandbox_has_no_other_roles(web: Web) -> None:
    client = web.open()
    page = client.get("/sandbox/sign-in")
    answer = client.post("/sandbox/sign-in", data={"role": "customer", **hidden(page.text)})
    assert answer.status_code == 400


def test_another_host_name_for_this_address_is_refused(web: Web) -> None:
    assert web.open().get("/healthz", headers={"host": "evil.example"}).status_code == 400


def test_a_name_that_is_asked_for_twice_has_one_account(var: Path) -> None:
    web = make_web(var)
    first = add_user(web.paths, "ada@example.com", "agent", PASSWORD)
    second = add_user(web.paths, "ADA@example.com", "lead", PASSWORD)
    assert first.version != second.version
    assert (first.name, second.name, second.role) == ("ada@example.com", "ada@example.com", "lead")
