"""A charge in plain words: only what is known is said, and every amount is exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from connectors.money import Money
from dashboards.panel.explaining import sentences
from dashboards.panel.saying import english
from tests.dashboards.conftest import Web
from warehouse.reads.charged_tax import TaxLine
from warehouse.reads.charges import Charge
from warehouse.reads.explained import Explained, Line

SPEAKER = english(ZoneInfo("Europe/Berlin"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CHARGE = Charge(
    gateway="stripe",
    account="stripe/eu",
    charge_id="ch_1",
    customer_id="cus_1",
    invoice_id="in_1",
    amount=Money(11900, "EUR"),
    captured=Money(11900, "EUR"),
    refunded=Money(0, "EUR"),
    status="succeeded",
    is_disputed=False,
    failure_message=None,
    description="Subscription update",
    statement_descriptor="EXAMPLE BOOKS",
    payment_method="card",
    card_brand="visa",
    card_last4="4242",
    is_settled=True,
    seen_at=at("2026-11-20"),
    created_at=at("2026-11-10T23:30:00"),
)
FOUND = Explained(CHARGE, None, "DE", "A-1", "subscription_cycle", None, (), (), None)


def _line(words: str, minor: int, *, is_proration: bool = False, quantity: int = 1) -> Line:
    return Line(words, quantity, Money(minor, "EUR"), at("2026-11-10T12:00"), at("2026-12-10T12:00"), is_proration)


def test_a_renewal_with_discount_and_tax_is_told_line_by_line() -> None:
    found = replace(
        FOUND,
        lines=(_line("Atlas", 12500, quantity=5),),
        discount=Money(600, "EUR"),
        taxes=(TaxLine("VAT 19 % (DE)", 1900),),
    )
    assert sentences(found, SPEAKER) == [
        "On 11 November 2026 we charged 119.00 EUR to your Visa •••• 4242.",
        "It is the renewal of your subscription to Atlas.",
        "It paid the invoice A-1.",
        "5 × Atlas: 125.00 EUR for the time from 10 November 2026 to 10 December 2026.",
        "A discount of 6.00 EUR was taken off.",
        "It includes VAT 19 % (DE): 19.00 EUR.",
        "On your statement it is named “EXAMPLE BOOKS”.",
    ]


def test_a_change_within_a_period_says_what_was_not_used_and_what_is_left() -> None:
    lines = (_line("Atlas", -1000, is_proration=True), _line("Atlas large", 2500, is_proration=True))
    said = sentences(replace(FOUND, billing_reason="subscription_update", lines=lines), SPEAKER)
    assert "It settles a change of your subscription to Atlas large." in said
    unused = "Atlas: 10.00 EUR taken off, paid for the time from 10 November 2026 to 10 December 2026 and not used."
    assert unused in said
    assert "Atlas large: 25.00 EUR for the rest of the period, from 10 November 2026 to 10 December 2026." in said


def test_money_that_did_not_move_is_not_said_to_have_moved() -> None:
    for status, words in (("failed", "no money was taken"), ("authorized", "no money was taken yet")):
        said = sentences(replace(FOUND, charge=replace(CHARGE, status=status)), SPEAKER)
        assert words in said[0] and "we charged" not in said[0]
    assert "not confirmed it yet" in sentences(replace(FOUND, charge=replace(CHARGE, status="strange")), SPEAKER)[0]


def test_a_single_payment_without_an_invoice_is_named_by_what_was_sold() -> None:
    bare = replace(FOUND, number=None, billing_reason=None, charge=replace(CHARGE, statement_descriptor=None))
    assert sentences(replace(bare, product="Atlas"), SPEAKER)[1:] == ["It was a single payment for Atlas."]
    assert sentences(bare, SPEAKER)[1:] == ["It was for: Subscription update."]


def test_braces_and_markup_of_gateways_stay_what_they_are() -> None:
    found = replace(FOUND, number=None, billing_reason=None, product="{amount} <b>{0}</b>")
    assert "It was a single payment for {amount} <b>{0}</b>." in sentences(found, SPEAKER)


def test_amounts_keep_the_decimals_of_their_currency() -> None:
    yen = replace(CHARGE, amount=Money(80000, "JPY"), refunded=Money(0, "JPY"), captured=Money(80000, "JPY"))
    assert "80,000 JPY" in sentences(replace(FOUND, charge=yen), SPEAKER)[0]


def test_what_was_given_back_and_disputed_is_said() -> None:
    part = sentences(replace(FOUND, charge=replace(CHARGE, refunded=Money(1900, "EUR"), is_disputed=True)), SPEAKER)
    assert "19.00 EUR of it were given back to you." in part
    assert "The payment was disputed with the bank, which decides about it." in part


def test_the_page_of_a_charge_holds_the_text_for_the_reply(shared_web: Web) -> None:
    agent = shared_web.as_role("agent")
    page = agent.get("/explain?account=stripe/eu&id=ch_noor1")
    assert "On 2 November 2026 we charged 12.345 KWD" in page.text and "It paid the invoice A-3." in page.text
    assert "Insert into the reply" not in page.text, "there is no reply outside of a helpdesk"
    assert agent.get("/explain?account=stripe/eu&id=ch_none").status_code == 404
