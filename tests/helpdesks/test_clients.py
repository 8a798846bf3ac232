"""What every helpdesk's client must do, against its stand-in."""

from __future__ import annotations

import pytest

from connectors.errors import NotAuthorised, ObjectUnknown, OutcomeUnknown, RateLimited, Refused
from connectors.helpdesks.helpdesk import HelpdeskAccess, NewTicket
from connectors.helpdesks.registry import helpdesk
from tests.helpdesks.conftest import ADA, CUSTOMER, Place, settings_for_helpdesk

MARKER = "counterfoil-question-0123456789abcdef"
NOTE = '<p><b>Done.</b> Refunded 10.00 EUR of ch_1.</p><p><a href="http://127.0.0.1:8420/actions/1">Run 1</a></p>'


def test_a_ticket_is_read_with_its_customer(place: Place) -> None:
    ticket = place.ticket()
    assert ticket.helpdesk == f"{place.name}/main"
    assert (ticket.subject, ticket.requester_email, ticket.requester_name) == ("Charged twice", CUSTOMER, "Kim")
    assert not ticket.is_closed


def test_custom_fields_and_tags_are_read_by_our_words(place: Place) -> None:
    ticket = place.ticket()
    change = {"ticket": ticket.ticket_id, "fields": {"77": "10.00", "78": "", "79": "else"}, "tags": ["vip"]}
    place.standin.control("POST", "change", change)
    again = place.client.ticket(ticket.ticket_id)
    assert dict(again.fields) == {"amount": "10.00"}
    assert again.tags == ("vip",)


def test_a_note_is_private_has_the_agent_as_author_and_is_found_again(place: Place) -> None:
    ticket = place.ticket()
    note_id = place.client.add_note(ticket.ticket_id, NOTE, author_id=ADA)
    (note,) = place.client.notes(ticket.ticket_id)
    assert note.note_id == note_id
    assert note.author_id == ADA
    assert "Refunded 10.00 EUR of ch_1." in note.text.replace("\\", "")
    assert place.thread(ticket.ticket_id)[-1]["kind"] == "note"


def test_replies_are_no_notes(place: Place) -> None:
    ticket = place.ticket()
    place.standin.control("POST", "replies", {"ticket": ticket.ticket_id, "text": "counterfoil: refund last charge"})
    assert place.client.notes(ticket.ticket_id) == []


def test_notes_come_oldest_first(place: Place) -> None:
    ticket = place.ticket()
    for word in ("one", "two", "three"):
        place.standin.control("POST", "notes", {"ticket": ticket.ticket_id, "author": ADA, "text": word})
    assert [note.text for note in place.client.notes(ticket.ticket_id)] == ["one", "two", "three"]


def test_agents_are_found_by_id_and_address_and_customers_are_none(place: Place) -> None:
    place.ticket()
    ada = place.client.agent_by_email("agent@sandbox.example")
    assert ada is not None
    assert (ada.agent_id, ada.email, ada.name) == (ADA, "agent@sandbox.example", "Ada Agent")
    assert place.client.agent(ADA) == ada
    assert place.client.agent_by_email(CUSTOMER) is None
    assert place.client.agent("4242") is None


def test_a_question_becomes_a_ticket_that_its_marker_finds(place: Place) -> None:
    marker = f"{MARKER}-{place.name}"
    assert place.client.find_ticket(marker, "new@example.com") is None
    new = NewTicket("new@example.com", "New Person", "About a charge", "Why <b>two</b>?\nThanks", marker)
    made = place.client.create_ticket(new)
    found = place.client.find_ticket(marker, "new@example.com")
    assert found is not None
    assert found.ticket_id == made.ticket_id
    assert found.requester_email == "new@example.com"
    assert "&lt;b&gt;two&lt;/b&gt;" in place.thread(made.ticket_id)[0]["html"]


def test_what_the_customer_adds_is_on_the_ticket(place: Place) -> None:
    ticket = place.ticket()
    place.client.add_message(ticket.ticket_id, NewTicket(CUSTOMER, "Kim", "", "And one more thing", "m"))
    assert "And one more thing" in place.thread(ticket.ticket_id)[-1]["html"]


def test_a_deleted_ticket_is_unknown(place: Place) -> None:
    ticket = place.ticket()
    place.standin.control("POST", "change", {"ticket": ticket.ticket_id, "is_deleted": True})
    with pytest.raises(ObjectUnknown):
        place.client.ticket(ticket.ticket_id)
    with pytest.raises(ObjectUnknown):
        place.client.add_note(ticket.ticket_id, NOTE)


def test_a_merged_ticket_is_followed_where_the_helpdesk_tells(place: Place) -> None:
    if place.name not in ("helpscout", "front"):
        pytest.skip("only Help Scout and Front say into what a conversation was merged")
    old, new = place.ticket(), place.ticket()
    place.standin.control("POST", "change", {"ticket": old.ticket_id, "merged_into": new.ticket_id})
    assert place.client.ticket(old.ticket_id).ticket_id == new.ticket_id
    place.client.add_note(old.ticket_id, NOTE)
    assert len(place.client.notes(new.ticket_id)) == 1


def test_what_takes_nothing_more_is_refused(place: Place) -> None:
    ticket = place.ticket()
    if place.name == "zendesk":
        place.standin.control("POST", "change", {"ticket": ticket.ticket_id, "status": "closed"})
    elif place.name == "helpscout":
        thread = place.thread(ticket.ticket_id) * 100
        place.standin.control("POST", "change", {"ticket": ticket.ticket_id, "thread": thread})
    else:
        pytest.skip(f"{place.name} always takes a note")
    with pytest.raises(Refused):
        place.client.add_note(ticket.ticket_id, NOTE)


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "error_after", "drop_after", "html"])
def test_a_note_without_a_readable_answer_is_unknown(place: Place, kind: str) -> None:
    ticket = place.ticket()
    method = "PUT" if place.name == "zendesk" else "POST"
    place.standin.fault(kind, method=method, path="*/*" + ticket.ticket_id + "*", seconds=1.0)
    with pytest.raises(OutcomeUnknown):
        place.client.add_note(ticket.ticket_id, NOTE)
    written = len(place.client.notes(ticket.ticket_id))
    assert written == (0 if kind == "timeout_before" else 1)


def test_too_many_requests_are_no_outcome(place: Place) -> None:
    ticket = place.ticket()
    method = "PUT" if place.name == "zendesk" else "POST"
    place.standin.fault("rate_limited", method=method, path="*/*" + ticket.ticket_id + "*")
    with pytest.raises(RateLimited):
        place.client.add_note(ticket.ticket_id, NOTE)
    assert place.client.notes(ticket.ticket_id) == []


def test_reads_are_repeated(place: Place) -> None:
    ticket = place.ticket()
    place.standin.fault("error_before", method="GET", path="*/*" + ticket.ticket_id + "*", count=1)
    assert place.client.ticket(ticket.ticket_id).subject == "Charged twice"


def test_a_wrong_key_is_refused_and_not_shown(place: Place) -> None:
    wrong = "nobody@example.com/token:wrong-word" if place.name == "zendesk" else "wrong-word"
    wrong = "app:wrong-word" if place.name == "helpscout" else wrong
    access = HelpdeskAccess(settings_for_helpdesk(place.name, place.standin.url), wrong)
    assert "wrong-word" not in repr(access)
    client = helpdesk(place.name).open_client(access)
    with pytest.raises(NotAuthorised) as caught:
        client.ticket("1")
    assert "wrong-word" not in str(caught.value)


def test_the_address_of_a_ticket_leads_to_its_page(place: Place) -> None:
    import httpx

    settings = settings_for_helpdesk(place.name, place.standin.url).model_copy(update={"web_base": place.standin.url})
    url = helpdesk(place.name).url_of(settings, place.ticket().ticket_id)
    page = httpx.get(url)
    assert page.status_code == 200
    assert "Charged twice" in page.text
