"""What the pages show: exact money, everything escaped, and the reason where something may not be done."""

from __future__ import annotations

import re

from tests.dashboards.conftest import Web
from tests.dashboards.published_fixture import EVIL, EVIL_NAME, GUEST, KENJI, NOOR, ZOE, publish_small


def _text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("\u00a0", " ")


def test_revenue_shows_the_figures_of_a_currency_beside_the_period_before(shared_web: Web) -> None:
    page = _text(shared_web.as_role("finance").get("/?from=2026-10-01&to=2026-10-31").text)
    assert "Gross 50.00 EUR" in page
    assert "Refunds 20.00 EUR" in page
    assert "Net 28.25 EUR" in page
    assert "+66.6 %" in page, "30.00 in September, 50.00 in October"
    assert "40.0 % of gross" in page


def test_currencies_are_written_with_their_own_decimals(shared_web: Web) -> None:
    client = shared_web.as_role("finance")
    assert "80,000 JPY" in _text(client.get("/?currency=JPY").text)
    assert "12.345 KWD" in _text(client.get("/?currency=KWD").text)


def test_every_figure_leads_to_its_rows(shared_web: Web) -> None:
    client = shared_web.as_role("finance")
    page = client.get("/?from=2026-11-01&to=2026-11-30&currency=EUR").text
    links = {match.replace("&amp;", "&") for match in re.findall(r'class="stub" href="([^"]+)"', page)}
    assert len(links) == 5
    for link in links:
        assert client.get(link).status_code == 200
    gross = next(link for link in links if "figure=gross" in link)
    assert "1 rows, 119.00 EUR" in _text(client.get(gross).text)


def test_the_customer_page_shows_all_and_says_why_not(shared_web: Web) -> None:
    page = _text(shared_web.as_role("agent").get(f"/customers/{ZOE}").text)
    for piece in ("Zoë Müller", "zoe@example.com", "stripe/eu cus_zoe", "Visa •••• 4242", "INV-2026-000001"):
        assert piece in page
    assert "Refunded 20.00 EUR, 30.00 EUR left" in page
    assert "The charge is disputed" in page
    assert "The charge is failed" in page


def test_the_timeline_can_be_narrowed_to_a_kind(shared_web: Web) -> None:
    client = shared_web.as_role("agent")
    page = client.get(f"/customers/{ZOE}?kind=refund").text
    assert "re_zoe2" in page
    assert page.count('class="at"') == 1


def test_people_without_a_name_or_in_other_currencies_are_shown(shared_web: Web) -> None:
    client = shared_web.as_role("agent")
    assert "guest@example.org" in client.get(f"/customers/{GUEST}").text
    assert "80,000 JPY" in _text(client.get(f"/customers/{KENJI}").text)
    assert "12.345 KWD" in _text(client.get(f"/customers/{NOOR}").text)


def test_scripts_in_names_reasons_and_rows_stay_text(shared_web: Web) -> None:
    agent, engineer = shared_web.as_role("agent"), shared_web.as_role("engineer")
    pages = [
        agent.get(f"/customers/{EVIL}").text,
        agent.get("/customers?q=evil").text,
        agent.get("/ask?action=refund&account=stripe/eu&id=ch_evil1").text,
        agent.get("/customers?q=%3Cscript%3Ealert(1)%3C/script%3E").text,
        engineer.get("/pipelines").text,
    ]
    for page in pages:
        assert EVIL_NAME not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in pages[0]


def test_reconciliation_lists_what_differs_first_with_its_cause(shared_web: Web) -> None:
    client = shared_web.as_role("finance")
    page = client.get("/reconciliation").text
    assert page.index("po_bad") < page.index("po_good")
    assert "A charge of 10.00 EUR is missing" in page
    lines = _text(client.get("/reconciliation/stripe/eu/po_bad").text)
    assert "90.00 EUR" in lines and "txn_1" in lines
    assert client.get("/reconciliation/stripe/eu/po_nobody").status_code == 404


def test_the_banks_side_lists_what_is_open_first_and_leads_to_each_line(shared_web: Web) -> None:
    client = shared_web.as_role("finance")
    page = client.get("/reconciliation/bank").text
    assert page.index("po_bad") < page.index("po_good")
    assert "&lt;b&gt;Rent" in page and "<b>Rent" not in page
    only = _text(client.get("/reconciliation/bank?cause=unknown bank line").text)
    assert "900.00 EUR" in only and "po_bad" not in only
    line = _text(client.get("/reconciliation/bank/line?bank_account=bank/main&id=l1").text)
    assert "november.xml" in line and "po_good" in line
    assert client.get("/reconciliation/bank/line?bank_account=bank/main&id=l9").status_code == 404
    assert "by reference" in _text(client.get("/reconciliation/stripe/eu/po_good").text)
    assert "Ask the gateway." in _text(client.get("/reconciliation/stripe/eu/po_bad").text)


def test_each_days_balance_begins_where_the_day_before_ended(shared_web: Web) -> None:
    client = shared_web.as_role("finance")
    rows = client.get("/reconciliation/balance?format=csv").text.splitlines()
    assert rows[1].startswith("2026-11-12,stripe/eu,90.00,EUR,0.00") and "10.00,EUR,1" in rows[1]
    assert rows[2].startswith("2026-11-10,stripe/eu,0.00,EUR,94.00")
    day = _text(client.get("/reconciliation/balance/rows?account=stripe/eu&currency=EUR&on=2026-11-10").text)
    assert "txn_1" in day and "90.00 EUR" in day


def test_tax_leads_to_its_lines(shared_web: Web) -> None:
    client = shared_web.as_role("finance")
    page = client.get("/tax?from=2026-11&to=2026-11").text
    assert "19.00 EUR" in _text(page)
    link = re.search(r'href="(/tax/lines[^"]+)"', page)
    assert link
    assert "1 rows, 19.00 EUR" in _text(client.get(link[1].replace("&amp;", "&")).text)


def test_pipelines_shows_freshness_quarantine_and_checks(shared_web: Web) -> None:
    page = _text(shared_web.as_role("engineer").get("/pipelines").text)
    assert "currency 'zzz' is not in ISO 4217" in page.replace("&#39;", "'")
    assert "payouts_have_lines" in page
    assert "Every payout is the sum of its lines." in page


def test_the_audit_page_follows_the_chain(shared_web: Web) -> None:
    client = shared_web.as_role("auditor")
    assert "The chain holds" in client.get("/audit").text
    assert client.get("/audit?agent=ADA@example.com").text.count("<tr>") == 7
    assert client.get("/audit?ticket=T-8").text.count("<tr>") == 0


def test_a_broken_chain_is_named_on_the_audit_page(web: Web) -> None:
    import duckdb

    publish_small(web.paths.published, version="broken")
    with duckdb.connect(str(web.paths.published / "broken.duckdb")) as connection:
        connection.execute("DELETE FROM books.audit_log WHERE sequence = 3")
    page = _text(web.as_role("auditor").get("/audit").text)
    assert "The chain is broken at record 4" in page


def test_a_newer_published_file_is_shown_at_once(web: Web) -> None:
    client = web.as_role("auditor")
    assert "up to record 6" in _text(client.get("/audit").text)
    publish_small(web.paths.published, version="newer", audit=9)
    assert "up to record 9" in _text(client.get("/audit").text)


def test_every_page_says_as_of_when(shared_web: Web) -> None:
    client = shared_web.as_role("finance")
    for path in ("/", "/tax", "/documents", "/reconciliation", "/customers"):
        assert "As of 2026-11-23 12:55" in _text(client.get(path).text)
