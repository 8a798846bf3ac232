"""The panel as Intercom shows it: the customer with what can be done, one action's form, and its preview."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import quote

from connectors.offers import Offer
from counterfoil.policy import reasons_for
from dashboards.asked import Asked
from dashboards.panel.canvas import Component, amount, button, choice, divider, field, link, text, tick
from dashboards.panel.content import Chosen, content_of
from dashboards.panel.matching import Candidate, Matched
from dashboards.panel.tickets import clues_for
from dashboards.roles import SUPPORT, Visitor
from dashboards.service import Service
from dashboards.state_words import words
from dashboards.titles import full_title
from dashboards.wishes import must_confirm

SHOWN = 4
_WAYS = {
    "identifier": "named in the conversation",
    "email": "the sender’s address",
    "payment": "card, amount and day",
    "similar": "address without its tag",
}


def home(service: Service, visitor: Visitor, found: Matched, shown: Chosen | None, at: str) -> list[Component]:
    """The first canvas. `at`: the address of the whole panel."""
    warning = [text(found.warning, "error")] if found.warning else []
    if shown is not None:
        return [*warning, *_person(service, visitor, shown), link("All of it in Counterfoil", at)]
    if found.candidates:
        listed = [part for one in found.candidates[:SHOWN] for part in _candidate(one)]
        return [*warning, text("Who is it?", "header"), *listed, link("Look for somebody else", at)]
    assert visitor.frame is not None
    emails = ", ".join(clues_for(service, visitor.frame).emails) or "no address"
    said = f"No customer was found by {emails}, and nothing in the conversation names one."
    return [*warning, text("Nobody found", "header"), text(said), link("Look for somebody", at)]


def form(service: Service, visitor: Visitor, now: Asked, sentence: str = "") -> list[Component]:
    """An action before it is confirmed: its fields, and what happens as far as it is known."""
    head = [text(now.title, "header"), text(f"{now.subject.who} · {now.subject.object_id}", "muted")]
    if not now.offer.is_offered:
        return [*head, text(f"Not possible now. {now.offer.reason}", "error"), button("Back", "home")]
    if sentence:
        head.append(text(sentence, "error"))
    reasons = reasons_for(service.policy, visitor.role, now.meant.action).items()
    fields = [
        *_amount_field(now),
        *_detail_fields(now),
        choice("reason_code", "Reason", reasons, now.written.get("reason_code", "")),
        field("reason_text", "Why, in a few words", now.written.get("reason_text", ""), is_long=True),
    ]
    return [*head, *fields, button("Show what happens", "show", "primary"), button("Leave it", "home")]


def preview(service: Service, now: Asked, *, is_again: bool = False, sentence: str = "") -> list[Component]:
    """What would happen, and the one confirmation."""
    happens = [text(f"→ {line.striptags()}") for line in now.lines]
    sure = [text("The customer was found by the address only: whoever writes may be somebody else.", "error")]
    sure.append(tick("is_sure", "I made sure that it is the right customer"))
    again = [tick("again", f"Yes, {now.label} again")] if is_again else []
    return [
        text(f"{now.title}: what happens", "header"),
        *([text(sentence, "error")] if sentence else []),
        *happens,
        *(sure if must_confirm(service, now.meant) else []),
        *again,
        button(now.label, "confirm", "primary"),
        button("Change it", "change"),
        button("Leave it", "home"),
    ]


def _candidate(one: Candidate) -> list[Component]:
    ways = "; ".join(f"{_WAYS[how]}: {word}" for how, word in one.ways)
    name = one.person.name or one.person.email or "No name"
    return [text(f"{name} · {ways}"), button(f"It is {name}"[:60], f"person|{one.person.person_id}")]


def _person(service: Service, visitor: Visitor, shown: Chosen) -> Iterator[Component]:
    person, content = shown.person, content_of(service, visitor.role, shown.person, is_all=False)
    yield text(person.name or person.email or "No name", "header")
    yield text(_how_sure(shown), "muted" if shown.candidate and shown.candidate.how == "identifier" else "error")
    yield text(f"Paid in all: {', '.join(amount(money) for money in person.gross) or 'nothing'}")
    for run in content["runs"][:SHOWN]:
        yield text(f"{full_title(run.request.get('action'))}: {run.state_name}. {run.sentence}")
    may_act = visitor.role in SUPPORT
    for view in content["views"][:SHOWN]:
        charge = view.charge
        twice = " · likely a duplicate" if (charge.account, charge.charge_id) in content["duplicates"] else ""
        said = f"{amount(charge.amount)} · {words(charge.status)} · {_day(service, charge.created_at)} · {charge.means}"
        yield divider()
        yield text(f"{said}{twice}")
        yield text(f"{charge.description or charge.statement_descriptor or 'Charge'} · {charge.charge_id}", "muted")
        yield from _buttons(view.offers.now if may_act else (), charge.account, charge.charge_id)
        yield button("Explain", f"explain|{charge.account}|{charge.charge_id}", "link")
    for view in (*content["subscriptions"], *content["invoices"])[: 2 * SHOWN]:
        yield divider()
        yield text(f"{words(view.state.object_kind).capitalize()} {view.state.object_id} · {words(view.state.status)}")
        yield from _buttons(view.offers.now if may_act else (), view.state.account, view.state.object_id)
    fresh = "; ".join(f"{account} as of {_day(service, at)}" for account, at in content["fresh"].items())
    yield text(fresh or "nothing published yet", "muted")


def _how_sure(shown: Chosen) -> str:
    if shown.candidate is None:
        return "Your choice: nothing in the conversation names this customer."
    ways = "; ".join(f"{_WAYS[how]}: {word}" for how, word in shown.candidate.ways)
    return f"{'Sure' if shown.candidate.how == 'identifier' else 'Make sure who writes'}: {ways}."


def _buttons(offers: Sequence[Offer], account: str, object_id: str) -> Iterator[Component]:
    for offer in offers[:3]:
        yield button(f"{full_title(offer.action)}…", f"ask|{offer.action}|{account}|{quote(object_id, safe='')}")


def _amount_field(now: Asked) -> list[Component]:
    maximum = now.offer.maximum
    return [field("amount", f"Amount in {maximum.currency}", now.amount_text)] if maximum else []


def _detail_fields(now: Asked) -> Iterator[Component]:
    for one in now.fields:
        if one.kind == "checkbox":
            yield tick(one.name, one.label, is_ticked=bool(one.value))
        elif one.kind == "select":
            yield choice(one.name, one.label, one.options, str(one.value))
        else:
            yield field(one.name, one.label, str(one.value))


def _day(service: Service, at: object) -> str:
    return f"{at.astimezone(service.settings.zone):%Y-%m-%d}" if isinstance(at, datetime) else "–"
