"""What the panel shows beside a ticket: who it may be, and everything of one person in little space."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from dashboards.charge_views import charge_views
from dashboards.frames import Frame
from dashboards.live import ObjectKey
from dashboards.offering import account_notes
from dashboards.panel.clues import Clues
from dashboards.panel.duplicates import likely_duplicates
from dashboards.panel.matching import Candidate, Matched, matched
from dashboards.panel.tickets import clues_for
from dashboards.person_views import others_of
from dashboards.service import Service
from warehouse.reads import charges, people
from warehouse.reads.matches import fresh_per_account
from warehouse.reads.people import Person

CHARGES_SHOWN = 5
EVENTS_SHOWN = 12
Watched = tuple[Sequence[ObjectKey], Sequence[tuple[str, str]]]
"""Objects, and customers as (account, customer id)."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom the panel shows: the one who was found, or whom the agent picked."""

    person: Person
    candidate: Candidate | None
    """How the ticket leads to them; None where it does not, and the agent alone says so."""


def chosen_one(service: Service, found: Matched, person_id: str | None) -> Chosen | None:
    """The person to show; None where the agent must choose first, or nobody is found. Raises LookupError for a
    person that there is not."""
    if person_id is None:
        return Chosen(found.certain.person, found.certain) if found.certain else None
    person = people.find_person(service.published, person_id)
    if person is None:
        raise LookupError(person_id)
    return Chosen(person, found.of(person_id))


def content_of(service: Service, role: str, person: Person, *, is_all: bool) -> dict[str, Any]:
    """Everything of one person, by the names of the template."""
    published = service.published
    with ThreadPoolExecutor(1) as pool:
        timeline = pool.submit(people.timeline, published, person.person_id, limit=EVENTS_SHOWN)
        own = charges.charges_of(published, person.person_id, limit=200 if is_all else CHARGES_SHOWN + 1)
        events = timeline.result()
    views = charge_views(service, role, own if is_all else own[:CHARGES_SHOWN])
    accounts = sorted({view.charge.account for view in views} | {key.account for key in person.customers})
    fresh = service.kept.once("fresh per account", fresh_per_account)
    return {
        "views": views,
        "has_more_charges": len(own) > len(views),
        "duplicates": likely_duplicates(own),
        "events": events,
        "fresh": {account: seen_at for account, seen_at in fresh.items() if account in accounts},
        "watched": watched(person, own),
        "notes": account_notes(service, role, accounts),
        **others_of(service, role, person, own),
    }


def watched(person: Person, own: Sequence[charges.Charge]) -> Watched:
    """What actions must be about to be shown with a person."""
    keys = [(charge.account, kind, charge.charge_id) for charge in own for kind in ("charge", "order")]
    return keys, [(key.account, key.customer_id) for key in person.customers]


def mark_of(service: Service, frame: Frame, person_id: str | None, *, known: Watched | None = None) -> str:
    """Changes whenever the panel would show something else: newer data, or an action that moved on.

    `known`: what is watched, where the page was just made; else it is read once for each published file.
    """
    clues = clues_for(service, frame)
    name = f"panel {frame.ticket_name} {person_id} {clues}"
    keys = service.kept.once(name, lambda _: known or _watched_for(service, clues, person_id))
    runs = service.live.of_objects(*keys, now=service.clock())
    parts = [str(service.published.version), str(person_id), str(clues)]
    parts += [f"{run.run_id} {run.state_type} {run.state_name}" for run in runs]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _watched_for(service: Service, clues: Clues, person_id: str | None) -> Watched:
    shown = chosen_one(service, matched(service, clues), person_id)
    if shown is None:
        return (), ()
    own = charges.charges_of(service.published, shown.person.person_id, limit=CHARGES_SHOWN + 1)
    return watched(shown.person, own)
