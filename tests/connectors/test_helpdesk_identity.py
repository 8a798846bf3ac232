"""Who opened a panel: every scheme against every attack, in one table."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import jwt
import pytest

from connectors.errors import BadSignature
from connectors.helpdesks.callers import ANCESTORS, Caller, Opening, ancestors_of, identify
from connectors.helpdesks.helpscout.identity import php_json
from connectors.helpdesks.registry import NAMES
from counterfoil.settings import Helpdesk
from sandbox.helpdesks.openings import (
    helpscout_dynamic,
    helpscout_query,
    intercom_canvas,
    new_key,
    public_pem,
    zendesk_token,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ZENDESK = "https://example.zendesk.com"
KEY, OTHER_KEY = new_key(), new_key()
SECRET = "the secret of the test"
TICKET = {"id": "77", "subject": "Charged twice"}
PERSON = {"id": "5", "email": "zoe@example.com", "name": "Zoë Müller"}
AGENT = {"id": "9001", "email": "jo@example.com", "name": "Jo"}


def _settings(kind: str) -> Helpdesk:
    base = ZENDESK if kind == "zendesk" else f"https://api.{kind}.example"
    return Helpdesk.model_validate({"name": f"{kind}/main", "api_base": base})


def _zendesk(**claims: object) -> Opening:
    key = claims.pop("key", KEY)
    token = zendesk_token(key, ZENDESK, "9001", now=NOW, **claims)  # type: ignore[arg-type]
    return Opening(_settings("zendesk"), form={"token": token})


def _helpscout(secret: str = SECRET, **more: str) -> Opening:
    return Opening(_settings("helpscout"), query=tuple(parse_qsl(helpscout_query(secret, "77", "9001", **more))))


def _signed(kind: str, made: tuple[bytes, dict[str, str]]) -> Opening:
    body, headers = made
    return Opening(_settings(kind), body=body, headers={name.lower(): value for name, value in headers.items()})


def _dynamic(secret: str = SECRET) -> Opening:
    return _signed("helpscout", helpscout_dynamic(secret, TICKET, PERSON, AGENT))


def _intercom(secret: str = SECRET) -> Opening:
    return _signed("intercom", intercom_canvas(secret, TICKET, PERSON, AGENT))


def _front(secret: str = SECRET) -> Opening:
    return Opening(_settings("front"), query=(("auth_secret", secret),))


GOOD: dict[str, Callable[[], Opening]] = {
    "zendesk": _zendesk,
    "helpscout frame": _helpscout,
    "helpscout dynamic": _dynamic,
    "intercom": _intercom,
    "front": _front,
}


def _whom(opening: Opening, secret: str = "") -> Caller:
    kind = opening.helpdesk.kind
    chosen = secret or (public_pem(KEY) if kind == "zendesk" else SECRET)
    return identify(kind)(opening, (chosen,), NOW)


@pytest.mark.parametrize(
    ("scheme", "vouched", "agent", "ticket"),
    [
        ("zendesk", "agent", "9001", ""),
        ("helpscout frame", "ticket", "9001", "77"),
        ("helpscout dynamic", "agent", "9001", "77"),
        ("intercom", "agent", "9001", "77"),
        ("front", "helpdesk", "", ""),
    ],
)
def test_each_scheme_vouches_for_what_it_signs(scheme: str, vouched: str, agent: str, ticket: str) -> None:
    caller = _whom(GOOD[scheme]())
    assert (caller.vouched, caller.agent_id, caller.ticket_id) == (vouched, agent, ticket)


def test_intercom_signs_the_address_of_the_admin_and_of_the_customer() -> None:
    caller = _whom(_intercom())
    assert (caller.agent_email, caller.emails, caller.name) == ("jo@example.com", ("zoe@example.com",), "Zoë Müller")


def _body(opening: Opening) -> Opening:
    return replace(opening, body=opening.body.replace(b"9001", b"9002"))


def _value(opening: Opening, name: str, value: str) -> Opening:
    return replace(opening, query=tuple((key, value if key == name else old) for key, old in opening.query))


ATTACKS: dict[str, Callable[[], Opening]] = {
    "zendesk, another key": lambda: _zendesk(key=OTHER_KEY),
    "zendesk, no token": lambda: replace(_zendesk(), form={}),
    "zendesk, truncated": lambda: replace(_zendesk(), form={"token": _zendesk().form["token"][:-9]}),
    "zendesk, huge": lambda: replace(_zendesk(), form={"token": "a." * 9_000}),
    "zendesk, expired": lambda: _zendesk(iat=0, nbf=0, exp=300),
    "zendesk, from the future": lambda: _zendesk(nbf=int((NOW + timedelta(hours=1)).timestamp())),
    "zendesk, without a time": lambda: _zendesk(exp=None),
    "zendesk, living for a day": lambda: _zendesk(exp=int((NOW + timedelta(days=1)).timestamp())),
    "zendesk, another subdomain": lambda: _zendesk(iss="evil.zendesk.com"),
    "zendesk, another app": lambda: _zendesk(aud="https://evil.zendesk.com/api/v2/apps/installations/4711.json"),
    "zendesk, no agent": lambda: _zendesk(sub="somebody"),
    "zendesk, unsigned": lambda: Opening(
        _settings("zendesk"), form={"token": jwt.encode({"sub": "9001"}, "", algorithm="none")}
    ),
    "zendesk, signed with the public key as a password": lambda: Opening(
        _settings("zendesk"), form={"token": _with_public_key()}
    ),
    "helpscout, another secret": lambda: _helpscout("another"),
    "helpscout, another agent": lambda: _value(_helpscout(), "user-id", "9002"),
    "helpscout, another ticket": lambda: _value(_helpscout(), "conversation-id", "78"),
    "helpscout, another order": lambda: replace(_helpscout(), query=tuple(reversed(_helpscout().query))),
    "helpscout, one more": lambda: replace(_helpscout(), query=(*_helpscout().query, ("admin", "1"))),
    "helpscout, a parameter twice": lambda: replace(_helpscout(), query=(*_helpscout().query, ("user-id", "9002"))),
    "helpscout, a list": lambda: _helpscout(**{"user-id[]": "9002"}),
    "helpscout, no signature": lambda: replace(_helpscout(), query=_helpscout().query[:-1]),
    "helpscout, truncated": lambda: _value(_helpscout(), "X-HelpScout-Signature", "abc="),
    "helpscout, not ASCII": lambda: _value(_helpscout(), "X-HelpScout-Signature", "é"),
    "helpscout dynamic, another secret": lambda: _dynamic("another"),
    "helpscout dynamic, another body": lambda: _body(_dynamic()),
    "helpscout dynamic, no signature": lambda: replace(_dynamic(), headers={}),
    "intercom, another secret": lambda: _intercom("another"),
    "intercom, another body": lambda: _body(_intercom()),
    "intercom, no signature": lambda: replace(_intercom(), headers={}),
    "intercom, not ASCII": lambda: replace(_intercom(), headers={"x-body-signature": "é"}),
    "front, another secret": lambda: _front("another"),
    "front, no secret": lambda: replace(_front(), query=()),
    "front, two secrets": lambda: replace(_front(), query=(("auth_secret", "x"), *_front().query)),
}


def _with_public_key() -> str:
    # PyJWT refuses to make it, so that it is made by hand.
    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    good = jwt.decode(_zendesk().form["token"], options={"verify_signature": False})
    head = json.dumps({"alg": "HS256", "typ": "JWT"}).encode()
    text = f"{part(head)}.{part(json.dumps(good).encode())}"
    return f"{text}.{part(hmac.new(public_pem(KEY).encode(), text.encode(), hashlib.sha256).digest())}"


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_the_helpdesk_did_not_sign_opens_nothing(attack: str) -> None:
    with pytest.raises(BadSignature):
        _whom(ATTACKS[attack]())


@pytest.mark.parametrize("scheme", GOOD)
def test_without_a_secret_nothing_is_believed(scheme: str) -> None:
    opening = GOOD[scheme]()
    for secrets in ((), ("",)):
        with pytest.raises(BadSignature):
            identify(opening.helpdesk.kind)(opening, secrets, NOW)


@pytest.mark.parametrize("scheme", GOOD)
def test_a_secret_that_is_being_changed_is_good_beside_the_new_one(scheme: str) -> None:
    opening = GOOD[scheme]()
    old = public_pem(KEY) if opening.helpdesk.kind == "zendesk" else SECRET
    assert identify(opening.helpdesk.kind)(opening, ("new one", old), NOW)


def test_a_zendesk_opening_is_good_once_and_so_tells_its_digest() -> None:
    first, second = _whom(_zendesk()), _whom(_zendesk(jti="another"))
    assert first.once and first.once != second.once


def test_freshdesk_vouches_for_nobody() -> None:
    opening = Opening(_settings("freshdesk"), form={"ticket": "1", "agent": "lead@example.com"})
    assert identify("freshdesk")(opening, (), NOW) == Caller("nothing")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        # What php -r 'echo json_encode($_GET);' prints.
        ({"a": "1", "b": "x/y"}, r'{"a":"1","b":"x\/y"}'),
        ({"name": "Zoë"}, r'{"name":"Zo\u00eb"}'),
        ({"name": "😀"}, r'{"name":"\ud83d\ude00"}'),
        ({"q": 'a"b\\c'}, r'{"q":"a\"b\\c"}'),
        ({"q": "a\tb\nc"}, r'{"q":"a\tb\nc"}'),
        ({}, "[]"),
    ],
)
def test_json_is_written_as_php_writes_it(value: dict[str, str], written: str) -> None:
    assert php_json(value) == written


def test_help_scout_signs_addresses_with_slashes_and_accents() -> None:
    assert _whom(_helpscout(more="https://exämple.com/a?b=c&d=é")).ticket_id == "77"


@pytest.mark.parametrize("kind", NAMES)
def test_only_the_helpdesks_own_pages_may_stand_around_the_panel(kind: str) -> None:
    settings = _settings(kind)
    sources = ancestors_of(settings).split()
    assert sources[0] == "'self'" and settings.api_base in sources and "*" not in sources
    assert set(ANCESTORS) == set(NAMES)
