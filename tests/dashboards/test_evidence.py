"""The evidence pack of a dispute says what is known of it, and nothing of what agents said among themselves."""

from __future__ import annotations

import subprocess

from tests.dashboards.conftest import Web

PACK = "/disputes/evidence.pdf?account=stripe/eu&id="


def text_of(pdf: bytes) -> str:
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return read.stdout.decode()


def test_the_pack_tells_of_the_payment_the_customer_and_the_documents(shared_web: Web) -> None:
    answer = shared_web.as_role("finance").get(PACK + "dp_zoe3")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'inline; filename="evidence-dp_zoe3.pdf"'
    text = text_of(answer.content)
    for told in ("dp_zoe3", "ch_zoe3_disputed", "30.00 EUR", "answer needed", "Zoë Müller"):
        assert told in text, told
    assert "never disputed" in text
    assert "zoe@example.com" in text


def test_the_list_of_disputes_leads_to_the_pack(shared_web: Web) -> None:
    page = shared_web.as_role("finance").get("/disputes").text
    assert 'href="/disputes/evidence.pdf?account=stripe%2Feu&amp;id=dp_zoe3"' in page


def test_a_dispute_that_nobody_knows_has_no_pack(shared_web: Web) -> None:
    finance = shared_web.as_role("finance")
    for address in (PACK + "dp_nobody", "/disputes/evidence.pdf", PACK + "../dp_zoe3"):
        assert finance.get(address).status_code == 404, address
    assert finance.get(PACK + "dp_zoe3&more=1").status_code == 400
