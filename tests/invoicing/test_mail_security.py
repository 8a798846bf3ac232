"""TLS, login and DKIM: what is not secure is not sent, and no password is told to anybody."""

from __future__ import annotations

import ssl
from pathlib import Path

import dkim
import pytest
from aiosmtpd.smtp import SMTP
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from connectors.mail.errors import MailServerUnusable
from connectors.mail.message import DkimKey, as_bytes
from connectors.mail.smtp import Connection, Server
from counterfoil.secrets import Secret
from tests.invoicing.post_office import certificate, login_is, post_office
from tests.invoicing.test_mail_message import a_mail

MAIL = b"Subject: x\r\n\r\n.dot\r\n..two\r\n"


def send(server: Server, count: int = 1) -> None:
    with Connection(server, timeout_s=10) as connection:
        for _ in range(count):
            connection.send("billing@example.com", "ada@example.org", MAIL, before_data=lambda: None)


def trusting(path: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(path))


def test_starttls_and_login_over_one_connection_and_dots_arrive_as_they_were(tmp_path: Path) -> None:
    path, server_side = certificate(tmp_path)
    with post_office(
        tls_context=server_side, require_starttls=True, authenticator=login_is("me", "secret-1")
    ) as office:
        send(Server("127.0.0.1", office.port, "starttls", "me", Secret("secret-1"), trusting(path)), count=2)
    assert office.raw == [MAIL, MAIL]


def test_implicit_tls(tmp_path: Path) -> None:
    path, server_side = certificate(tmp_path)
    with post_office(ssl_context=server_side) as office:
        send(Server("127.0.0.1", office.port, "tls", tls=trusting(path)))
    assert office.raw == [MAIL]


def test_a_server_without_starttls_gets_nothing() -> None:
    with post_office() as office:
        with pytest.raises(MailServerUnusable, match="STARTTLS extension not supported.* Nothing was sent"):
            send(Server("127.0.0.1", office.port, "starttls"))
        assert office.raw == []


def test_a_certificate_that_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    _, server_side = certificate(tmp_path)
    with post_office(tls_context=server_side) as office:
        with pytest.raises(MailServerUnusable, match="CERTIFICATE_VERIFY_FAILED"):
            send(Server("127.0.0.1", office.port, "starttls"))
        assert office.raw == []


def test_a_server_that_turns_starttls_away_gets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, server_side = certificate(tmp_path)

    async def no_tls(self: SMTP, arg: str) -> None:
        await self.push("454 TLS not available due to temporary reason")

    monkeypatch.setattr(SMTP, "smtp_STARTTLS", no_tls)
    with post_office(tls_context=server_side) as office:
        with pytest.raises(MailServerUnusable, match="454"):
            send(Server("127.0.0.1", office.port, "starttls", tls=trusting(path)))
        assert office.raw == []


def test_a_wrong_password_is_said_without_the_password(tmp_path: Path) -> None:
    path, server_side = certificate(tmp_path)
    is_told = pytest.raises(MailServerUnusable, match="did not accept the login of me: 535")
    with post_office(tls_context=server_side, authenticator=login_is("me", "right")) as office, is_told as caught:
        send(Server("127.0.0.1", office.port, "starttls", "me", Secret("hunter2"), trusting(path)))
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(Server("h", 1, "tls", "me", Secret("hunter2")))


def test_nobody_there_is_a_sentence() -> None:
    with pytest.raises(MailServerUnusable, match="ConnectionRefusedError.*Nothing was sent"):
        send(Server("127.0.0.1", 1, "none"))


def test_the_dkim_signature_holds_and_a_changed_mail_breaks_it() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    record = "v=DKIM1; k=rsa; p=" + "".join(public.splitlines()[1:-1])
    asked: list[str] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name.decode())
        return record.encode()

    signed = as_bytes(a_mail(), DkimKey("mail", "example.com", Secret(private)))
    assert dkim.verify(signed, dnsfunc=dns)
    assert asked == ["mail._domainkey.example.com."]
    assert not dkim.verify(signed.replace(b"Subject: Invoice", b"Subject: invoice!"), dnsfunc=dns)
    assert not dkim.verify(signed.replace(b"two lines", b"two lies!"), dnsfunc=dns)


def test_a_dkim_key_that_is_none_is_said_without_the_key() -> None:
    with pytest.raises(MailServerUnusable, match="mail._domainkey.example.com cannot be used") as caught:
        as_bytes(a_mail(), DkimKey("mail", "example.com", Secret("not-a-key-at-all")))
    assert "not-a-key-at-all" not in str(caught.value)
