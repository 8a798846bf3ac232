"""Mails as bytes, their addresses and texts."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.mail.addresses import (
    AddressInvalid,
    ReplyTokenInvalid,
    document_of_reply,
    mail_address,
    message_id,
    reply_address,
)
from connectors.mail.message import Attachment, Mail, as_bytes
from counterfoil.paths import Paths
from counterfoil.secrets import SecretMissing
from counterfoil.settings import Mail as MailSettings
from flows.invoicing.mail_server import post_of, reply_key
from flows.invoicing.mail_text import mail_text
from tests.invoicing.builders import as_document, invoice, settings
from warehouse.books.documents import Document

DOCUMENT = "6f1c9d1e-6f0e-5b9a-9c34-0d5f6a7b8c9d"
KEY = b"k" * 32


def a_mail(**changes: object) -> Mail:
    values: dict[str, object] = {
        "message_id": message_id("mail:d:ada@example.org:1", "billing@example.com"),
        "sender_name": "Bücher, Example GmbH",
        "sender": "billing@example.com",
        "recipient": "ada@example.org",
        "reply_to": "answers+abc@example.com",
        "subject": "Invoice INV-2026-000001 – Bücher",
        "language": "en",
        "date": datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
        "plain": "Grüße\n.\ntwo lines\n" + "x" * 3000,
        "html": "<p>Grüße 🎉</p>",
        "attachments": (Attachment("INV-2026-000001.pdf", bytes(range(256)) * 40),),
    }
    return Mail(**(values | changes))  # type: ignore[arg-type]


def test_the_same_mail_is_the_same_bytes_in_ascii_lines_of_lawful_length() -> None:
    raw = as_bytes(a_mail())
    assert raw == as_bytes(a_mail())
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(read, email.message.EmailMessage)
    assert read["From"] == '"Bücher, Example GmbH" <billing@example.com>'
    assert (read["Content-Language"], read["Auto-Submitted"]) == ("en", "auto-generated")
    (attached,) = read.iter_attachments()
    assert attached.get_content() == bytes(range(256)) * 40
    html = read.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>Grüße 🎉</p>"


def test_a_line_break_cannot_smuggle_a_header_in() -> None:
    with pytest.raises(ValueError, match="may not contain|linefeed|newline"):
        as_bytes(a_mail(subject="x\r\nBcc: all@example.org"))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Ada.Lovelace@Example.ORG ", "Ada.Lovelace@example.org"),
        ("a+b@bücher.example", "a+b@xn--bcher-kva.example"),
    ],
)
def test_addresses_as_they_go_on_the_wire(text: str, address: str) -> None:
    assert mail_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@localhost",
        "a b@example.org",
        "a@b@example.org",
        "ada@example.org\r\nBcc: x@example.org",
        "ada@example.org>",
        "<ada@example.org",
        "ädä@example.org",
        "a..b@example.org",
        "x" * 65 + "@example.org",
        "a@" + "x" * 64 + ".org",
        "ada@-x.org",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressInvalid, match="is no address"):
        mail_address(text)


def test_a_reply_address_names_its_document_and_a_forged_one_nothing() -> None:
    address = reply_address("answers-of-20-letter@example.com", DOCUMENT, KEY)
    assert len(address.partition("@")[0]) <= 64
    assert document_of_reply(address, KEY) == document_of_reply(address.upper(), KEY) == DOCUMENT
    forged = address.replace("+a", "+b") if "+a" in address else address.replace("+", "+a", 1)
    for wrong in (forged, "answers@example.com", "answers+@example.com", "answers+äö@example.com", address[:30]):
        with pytest.raises(ReplyTokenInvalid):
            document_of_reply(wrong, KEY)
    with pytest.raises(ReplyTokenInvalid):
        document_of_reply(address, b"another key")


def in_language(language: str, **changes: object) -> Document:
    document = invoice(**changes)
    document.data["language"] = language
    return document


def test_texts_in_the_documents_language_and_markup_is_only_text() -> None:
    german = mail_text(in_language("de"))
    assert german.subject == "Rechnung INV-2026-000001 – Example Books GmbH"
    assert "vielen Dank für Ihre Zahlung" in german.plain
    assert mail_text(in_language("xx")).subject.startswith("Invoice ")
    evil = mail_text(in_language("en", billing_name="<script>alert(1)</script>"))
    assert "<script>" not in evil.html
    assert "&lt;script&gt;" in evil.html
    assert mail_text(in_language("en", billing_name="")).greeting == "Hello,"


def test_a_credit_note_names_the_invoice() -> None:
    from tests.invoicing.builders import credits_of, refund

    drafts, _ = credits_of(invoice(), refund())
    assert "corrects invoice INV-2026-000001" in mail_text(as_document(drafts[0], "CN-2026-000001")).plain


def mail_settings(**changes: object) -> MailSettings:
    values = {
        "host": "smtp.example.com",
        "user": "me",
        "sender": "billing@example.com",
        "reply_to": "billing@example.com",
        "since": "2026-11-01",
    }
    return MailSettings.model_validate(values | changes)


def test_mail_is_off_without_its_section_and_a_missing_password_is_said(tmp_path: Path) -> None:
    ours = settings(tmp_path / "var")
    assert post_of(ours, Paths(ours.var_dir), {}) is None
    with_mail = ours.model_copy(update={"mail": mail_settings()})
    with pytest.raises(SecretMissing, match="COUNTERFOIL_MAIL_PASSWORD is not set"):
        post_of(with_mail, Paths(ours.var_dir), {})
    post = post_of(with_mail, Paths(ours.var_dir), {"COUNTERFOIL_MAIL_PASSWORD": "hunter2"})
    assert post is not None
    assert "hunter2" not in repr(post)


def test_clear_text_is_for_this_machine_only() -> None:
    with pytest.raises(ValidationError, match="on this machine only"):
        mail_settings(security="none")
    assert mail_settings(security="none", host="127.0.0.1").port == 587


def test_the_reply_key_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    first = reply_key(Paths(tmp_path))
    assert reply_key(Paths(tmp_path)) == first
    (path,) = (tmp_path / "mail").iterdir()
    assert len(first) >= 32
    assert path.stat().st_mode & 0o777 == 0o600
