"""The same bad answers at every gateway: each has its error, and what was pulled before stays as it was."""

from __future__ import annotations

import gzip
import json
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors import http
from connectors.actions import Refund
from connectors.errors import GatewayError, NotAuthorised, Unavailable, UnexpectedShape
from connectors.gateway import AccountAccess, Reader
from connectors.gateways.braintree.read import BraintreeReader
from connectors.gateways.braintree.wire import Wire as BraintreeWire
from connectors.gateways.custom.read import CustomReader
from connectors.gateways.custom.wire import Wire as CustomWire
from connectors.gateways.paypal.read import PayPalReader
from connectors.gateways.paypal.wire import Wire as PayPalWire
from connectors.gateways.recurly.read import RecurlyReader
from connectors.gateways.recurly.wire import Wire as RecurlyWire
from connectors.gateways.stripe.read import StripeReader
from connectors.gateways.stripe.wire import Wire as StripeWire
from connectors.gateways.woocommerce.read import WooCommerceReader
from connectors.gateways.woocommerce.wire import Wire as WooCommerceWire
from connectors.money import Money
from connectors.registry import gateway, gateway_names
from flows.ingest.progress import Progress
from flows.ingest.pulling import pull
from tests.connectors.scripted import Reply, Script, scripted

NOW = datetime.now(UTC)
TOKEN = Reply(b'{"access_token": "A21", "token_type": "Bearer", "expires_in": 32400, "scope": ""}')
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


def listed(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def shop_page(first: int) -> bytes:
    return json.dumps([{"id": number} for number in range(first, first + 100)]).encode()


@dataclass(frozen=True)
class Spoken:
    """How one gateway speaks."""

    key: str
    resource: str
    """Its list is one request."""
    good: bytes
    revoked: Reply
    reader: Callable[[AccountAccess], Reader]
    endless: tuple[str, tuple[bytes, ...]] | None
    """(resource, pages that go round in a circle)."""
    before: tuple[Reply, ...] = ()


def _unslept(_: float) -> None:
    """No test waits for a stand-in to feel better."""


SPOKEN = {
    "stripe": Spoken(
        "sk_test_private",
        "charges",
        listed(object="list", data=[{"id": "ch_1", "object": "charge"}], has_more=False),
        Reply(b'{"error": {"message": "Expired API Key provided: sk_test_private"}}', 401),
        lambda access: StripeReader(access, wire=StripeWire(access, sleep=_unslept)),
        ("charges", tuple(listed(object="list", data=[{"id": each}], has_more=True) for each in "ab")),
    ),
    "braintree": Spoken(
        "merchant:public:private",
        "plans",
        b'<plans type="array"><plan><id>p1</id><name>private</name></plan></plans>',
        Reply(b"", 401),
        lambda access: BraintreeReader(access, wire=BraintreeWire(access, sleep=_unslept)),
        None,
    ),
    "paypal": Spoken(
        "client:private",
        "plans",
        listed(plans=[{"id": "P-1"}], total_pages=1),
        Reply(b'{"error": "invalid_token", "error_description": "Token signature verification failed"}', 401),
        lambda access: PayPalReader(access, wire=PayPalWire(access, sleep=_unslept)),
        (
            "disputes",
            tuple(
                listed(items=[], links=[{"rel": "next", "href": f"https://x/y?next_page_token={token}"}])
                for token in "ab"
            ),
        ),
        (TOKEN,),
    ),
    "woocommerce": Spoken(
        "ck_a:cs_private",
        "coupons",
        b'[{"id": 1}]',
        Reply(b'{"code": "woocommerce_rest_authentication_error", "message": "Invalid signature."}', 401),
        lambda access: WooCommerceReader(access, wire=WooCommerceWire(access, sleep=_unslept)),
        ("orders", (shop_page(1), shop_page(101))),
    ),
    "recurly": Spoken(
        "private",
        "plans",
        listed(object="list", has_more=False, next=None, data=[{"id": "a"}]),
        Reply(b'{"error": {"type": "unauthorized", "message": "The API key is not valid."}}', 401),
        lambda access: RecurlyReader(access, wire=RecurlyWire(access, sleep=_unslept)),
        (
            "plans",
            tuple(listed(has_more=True, next=f"/plans?cursor={each}", data=[{"id": each}]) for each in "ab"),
        ),
    ),
    "custom": Spoken(
        "whsec_" + b64encode(b"private" * 5).decode(),
        "charges",
        listed(object="list", resource="charges", data=[{"id": "c1"}], next_cursor=None),
        Reply(b'{"status": "not_authorised"}', 401),
        lambda access: CustomReader(access, wire=CustomWire(access, sleep=_unslept)),
        (
            "charges",
            tuple(listed(object="list", resource="charges", data=[{"id": each}], next_cursor=each) for each in "ab"),
        ),
    ),
}


UNREADABLE = (Unavailable, UnexpectedShape)
"""Cut off, or nobody's: zlib does not always tell."""
Kinds = type[GatewayError] | tuple[type[GatewayError], ...]
BAD: dict[str, tuple[Callable[[Spoken], Reply], Kinds]] = {
    "a revoked key": (lambda spoken: spoken.revoked, NotAuthorised),
    "a page of a proxy": (lambda _: Reply(HTML, 200, {"Content-Type": "text/html"}), UnexpectedShape),
    "another host": (lambda _: Reply(HTML, 404, {"Content-Type": "text/html"}), UnexpectedShape),
    "a host that sends elsewhere": (lambda _: Reply(b"", 302, {"Location": "http://127.0.0.1:9/"}), UnexpectedShape),
    "a gzip that is cut off": (lambda spoken: _gzipped(spoken.good, cut=True), Unavailable),
    "a gzip that is none": (lambda _: Reply(b"\x1f\x8b\x08\x00broken", 200, {"Content-Encoding": "gzip"}), UNREADABLE),
    "a body that is cut off": (lambda spoken: Reply(spoken.good[: len(spoken.good) // 2]), Unavailable),
}


def _gzipped(body: bytes, *, cut: bool = False) -> Reply:
    packed = gzip.compress(body)
    return Reply(packed[: len(packed) // 2] if cut else packed, 200, {"Content-Encoding": "gzip"})


def test_every_gateway_is_here() -> None:
    assert sorted(SPOKEN) == gateway_names()


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", SPOKEN)
def test_a_bad_answer_has_its_error_and_leaves_what_was_pulled(name: str, bad: str, tmp_path: Path) -> None:
    spoken, (reply, kind) = SPOKEN[name], BAD[bad]
    with told(name, *spoken.before, _gzipped(spoken.good)) as (reader, script):
        _pull(name, reader, tmp_path, NOW)
        before = _state(tmp_path)
        assert before
        script.replies[:] = [reply(spoken)]
        with pytest.raises(kind) as raised:
            _pull(name, reader, tmp_path, NOW + timedelta(hours=1))
        assert "private" not in str(raised.value) + repr(raised.value.__cause__)
        assert _state(tmp_path) == before
        assert Progress(tmp_path, f"{name}/eu").of(spoken.resource).mark == NOW
        script.replies[:] = [*spoken.before, Reply(spoken.good)] if bad == "a revoked key" else [Reply(spoken.good)]
        _pull(name, reader, tmp_path, NOW + timedelta(hours=2))
        assert Progress(tmp_path, f"{name}/eu").of(spoken.resource).mark == NOW + timedelta(hours=2)


@pytest.mark.parametrize("name", [name for name, spoken in SPOKEN.items() if spoken.endless])
def test_a_list_that_goes_round_in_a_circle_is_noticed(name: str) -> None:
    spoken = SPOKEN[name]
    assert spoken.endless is not None
    resource, pages = spoken.endless
    circle = [Reply(page) for page in pages] * 200
    with told(name, *spoken.before, *circle) as (reader, script):
        with pytest.raises(UnexpectedShape):
            list(reader.pages(resource, since=None, cursor=None))
        assert len(script.asked) < 130


@pytest.mark.parametrize("name", SPOKEN)
def test_a_certificate_that_has_expired_is_named_and_nothing_is_sent(name: str, expired: str) -> None:
    access = AccountAccess(f"{name}/eu", expired, SPOKEN[name].key)
    reader, actor = SPOKEN[name].reader(access), gateway(name).open_actor(access)
    refund = Refund(
        account=access.account, object_id="1", amount=Money(1, "EUR"), reason_code="other", request_id="req_1"
    )
    with pytest.raises(Unavailable, match="certificate has expired"):
        list(reader.pages(SPOKEN[name].resource, since=None, cursor=None))
    # Stripe's SDK brings its own authorities, to which this one is a stranger.
    with pytest.raises(Unavailable, match="its certificate is not believed.*nothing was sent"):
        actor.perform(refund, idempotency_key="cf_req_1")
    reader.close()
    actor.close()


@contextmanager
def told(name: str, *replies: Reply) -> Iterator[tuple[Reader, Script]]:
    with scripted(*replies) as script:
        reader = SPOKEN[name].reader(AccountAccess(f"{name}/eu", script.url, SPOKEN[name].key))
        yield reader, script
        reader.close()


def _pull(name: str, reader: Reader, landing: Path, now: datetime) -> None:
    """Pull the one list; what events would name is left out, because the scripted answer is a list of something."""
    found = gateway(name)
    one = replace(found, resources=tuple(each for each in found.resources if each.name == SPOKEN[name].resource))
    if name in ("stripe", "paypal"):
        reader = _WithoutEvents(reader)
    pull(one, reader, f"{name}/eu", landing, now=now, say=lambda _: None)


class _WithoutEvents:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def changed(self, since: datetime) -> Iterator[tuple[str, str]]:
        return iter(())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)


def _state(landing: Path) -> dict[str, bytes]:
    """What has landed; the marks of the pulls are looked at by themselves."""
    return {str(path): path.read_bytes() for path in landing.rglob("*.gz")}


@pytest.fixture(scope="module")
def expired_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that ended yesterday, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(NOW - timedelta(days=9)).not_valid_after(NOW - timedelta(1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
    made = builder.add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("tls") / "expired.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def expired(expired_certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server with that certificate, which is trusted but for its age."""
    trusting = ssl.create_default_context(cafile=str(expired_certificate))
    monkeypatch.setattr(http, "shared_context", lambda: trusting)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(expired_certificate)
    server.socket = shown.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join(5)
