"""Mails against a real server that fails in every way: each arrives, and none twice but where nobody can know."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from connectors.mail.addresses import document_of_reply
from connectors.mail.errors import MailServerUnusable
from counterfoil.paths import Paths
from flows.invoicing.mail_wishes import NothingToSend, prepare_again
from flows.invoicing.mailing import SenderBusy, SendReport, _only_sender, send_new
from tests.invoicing.builders import NOW
from tests.invoicing.post_office import PostOffice, events, installation, mails, post, post_office
from warehouse.books.connection import open_books


def clock(days: int = 0) -> object:
    return lambda: NOW + timedelta(days=days)


def run(paths: Paths, office: PostOffice, *, days: int = 0) -> SendReport:
    return send_new(paths, post(office.port), clock=lambda: NOW + timedelta(days=days))


def test_each_document_is_sent_once_over_one_connection(tmp_path: Path) -> None:
    paths = installation(tmp_path, payments=3, refunds=1)
    with post_office() as office:
        first = run(paths, office)
        again = run(paths, office)
    assert (first.prepared, first.accepted, again.prepared, again.accepted) == (4, 4, 0, 0)
    assert office.connections == 1
    assert sorted(str(mail["To"]) for mail in office.arrived) == [
        "payer0@example.org",
        "payer0@example.org",
        "payer1@example.org",
        "payer2@example.org",
    ]
    assert mails(paths) == [("accepted", False, 1)] * 4
    assert events(paths) == ["prepared"] * 4 + ["handed over", "accepted"] * 4


def test_the_mail_says_what_it_is_and_where_answers_go(tmp_path: Path) -> None:
    paths = installation(tmp_path)
    with post_office() as office:
        run(paths, office)
    mail = office.arrived[0]
    assert mail["Subject"] == "Invoice INV-2026-000001 – Example Books GmbH"
    assert mail["From"] == "Example Books GmbH <billing@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "EUR 119.00" in plain.get_content()
    assert "EUR 119.00" in html.get_content()
    (attached,) = mail.iter_attachments()
    with open_books(paths) as conn:
        document_id = conn.execute("SELECT document_id FROM documents").fetchall()[0][0]
    assert attached.get_filename() == "INV-2026-000001.pdf"
    assert attached.get_content() == b"%PDF-1.7 " + document_id.encode()
    assert document_of_reply(str(mail["Reply-To"]), b"k" * 32) == document_id


@pytest.mark.parametrize("fault", ["drop at mail", "drop at rcpt", "drop at data", "451 at rcpt", "450 after data"])
def test_what_was_not_taken_is_tried_again_by_the_next_run(tmp_path: Path, fault: str) -> None:
    paths = installation(tmp_path, payments=2)
    with post_office() as office:
        office.faults = [fault]
        first = run(paths, office)
        assert (len(first.deferred), first.accepted, len(office.arrived)) == (1, 1, 1)
        assert run(paths, office).accepted == 1
    assert sorted(mail["To"] for mail in office.arrived) == ["payer0@example.org", "payer1@example.org"]
    assert [(state, repeated) for state, repeated, _ in mails(paths)] == [("accepted", False)] * 2


def test_a_kept_connection_that_died_is_opened_again(tmp_path: Path) -> None:
    paths = installation(tmp_path, payments=2)
    with post_office() as office:
        office.faults = ["fine", "421 at mail"]
        assert run(paths, office).accepted == 2
    assert office.connections == 2
    assert mails(paths) == [("accepted", False, 1)] * 2


@pytest.mark.parametrize("fault", ["550 at rcpt", "554 after data"])
def test_a_final_no_is_noted_and_not_tried_again(tmp_path: Path, fault: str) -> None:
    paths = installation(tmp_path, payments=2)
    with post_office() as office:
        office.faults = [fault]
        first = run(paths, office)
        assert run(paths, office).accepted == 0
    assert (len(first.refused), first.accepted) == (1, 1)
    assert fault[:3] in first.refused[0]
    assert sorted(state for state, _, _ in mails(paths)) == ["accepted", "refused"]


def test_after_a_connection_lost_following_data_it_goes_once_more_with_the_same_message_id(tmp_path: Path) -> None:
    paths = installation(tmp_path)
    with post_office() as office:
        office.faults = ["drop after data"]
        assert len(run(paths, office).unknown) == 1
        assert mails(paths) == [("unknown", False, 1)]
        second = run(paths, office)
        third = run(paths, office)
    assert (second.accepted, second.repeated, third.accepted) == (1, 1, 0)
    assert mails(paths) == [("accepted", True, 2)]
    assert [mail["Message-ID"] for mail in office.arrived] == [office.arrived[0]["Message-ID"]] * 2
    assert office.raw[0] == office.raw[1]


def test_lost_twice_following_data_it_is_left_to_a_person(tmp_path: Path) -> None:
    paths = installation(tmp_path)
    with post_office() as office:
        office.faults = ["drop after data", "drop after data"]
        for _ in range(4):
            run(paths, office)
    assert mails(paths) == [("unknown", True, 2)]
    assert len(office.arrived) == 2


def test_a_repeated_mail_that_was_deferred_may_still_be_repeated(tmp_path: Path) -> None:
    paths = installation(tmp_path)
    with post_office() as office:
        office.faults = ["drop after data", "450 after data"]
        run(paths, office)
        run(paths, office)
        assert mails(paths) == [("unknown", False, 2)]
        assert run(paths, office).repeated == 1
    assert mails(paths) == [("accepted", True, 3)]
    assert len(office.arrived) == 2


def test_a_mail_that_is_deferred_for_days_is_given_up(tmp_path: Path) -> None:
    paths = installation(tmp_path)
    with post_office() as office:
        office.faults = ["451 at rcpt"] * 3
        assert len(run(paths, office).deferred) == 1
        assert len(run(paths, office, days=3).deferred) == 1
        assert "Given up after 4 days" in run(paths, office, days=5).refused[0]
        assert run(paths, office, days=6).accepted == 0
    assert mails(paths)[0][0] == "refused"


def test_a_sender_that_is_not_accepted_stops_everything_and_loses_nothing(tmp_path: Path) -> None:
    paths = installation(tmp_path, payments=3)
    with post_office() as office:
        office.faults = ["553 at mail"]
        with pytest.raises(MailServerUnusable, match="did not accept the sender billing@example.com: 553"):
            run(paths, office)
        assert mails(paths) == [("prepared", False, 0)] * 3
        assert run(paths, office).accepted == 3


def test_nothing_is_sent_of_money_that_the_gateway_has_not_confirmed(tmp_path: Path) -> None:
    paths = installation(tmp_path, charge_status="failed")
    with post_office() as office:
        report = run(paths, office)
    assert office.arrived == []
    assert report.not_sent == ["INV-2026-000001: the gateway has not confirmed ch_0; not sent."]


def test_a_document_without_a_pdf_or_of_before_the_first_day_is_not_sent(tmp_path: Path) -> None:
    paths = installation(tmp_path, payments=3)
    with open_books(paths) as conn:
        conn.execute("UPDATE documents SET pdf_path = NULL, pdf_sha256 = NULL WHERE charge_id = 'ch_0'")
        conn.execute(
            'UPDATE documents SET data = replace(data::VARCHAR, \'"supplied_on":"2026\', \'"supplied_on":"2025\')::JSON'
            " WHERE charge_id = 'ch_1'"
        )
    with post_office() as office:
        assert run(paths, office).prepared == 1
    assert [mail["To"] for mail in office.arrived] == ["payer2@example.org"]


def test_a_pdf_that_was_changed_is_not_sent(tmp_path: Path) -> None:
    paths = installation(tmp_path)
    (pdf,) = paths.documents.rglob("*.pdf")
    pdf.write_bytes(b"%PDF-1.7 of somebody else")
    with post_office() as office:
        report = run(paths, office)
    assert office.arrived == []
    assert "is not the PDF that was stored" in report.not_sent[0]
    assert mails(paths) == [("prepared", False, 0)]


def test_asked_for_again_it_is_another_mail(tmp_path: Path) -> None:
    paths = installation(tmp_path)
    with post_office() as office:
        run(paths, office)
        with open_books(paths) as conn:
            document_id = conn.execute("SELECT document_id FROM documents").fetchall()[0][0]
        key = prepare_again(paths, document_id, sender="billing@example.com", now=NOW)
        assert key == f"mail:{document_id}:payer0@example.org:2"
        assert run(paths, office).accepted == 1
        with pytest.raises(NothingToSend):
            prepare_again(paths, "no-such-document", sender="billing@example.com", now=NOW)
    assert office.arrived[0]["Message-ID"] != office.arrived[1]["Message-ID"]


def test_two_senders_at_once_are_not_allowed(tmp_path: Path) -> None:
    paths = installation(tmp_path)
    with post_office() as office, _only_sender(paths):
        with pytest.raises(SenderBusy, match="Another process is sending mails now"):
            run(paths, office)
        assert office.arrived == []
