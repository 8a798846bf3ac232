"""What the panel shows beside a ticket: who it may be, and everything of one person in little space."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.charge_views import charge_views
from dashboards.frames import Frame
from dashboards.live import ObjectKey
from dashboards.offering import account_notes
from dashboards.panel.matching import Candidate, Matched, matched
from dashboards.panel.tickets import clues_for
from dashboards.person_views import others_of
from dashboards.service import Service
from warehouse.reads import charges, people
from warehouse.reads.matches import fresh_per_account, likely_duplicates
from warehouse.reads.people import Person

CHARGES_SHOWN = 5
EVENTS_SHOWN = 12


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
    own = charges.charges_of(published, person.person_id, limit=200 if is_all else CHARGES_SHOWN + 1)
    views = charge_views(service, role, own if is_all else own[:CHARGES_SHOWN])
    accounts = sorted({view.charge.account for view in views} | {key.account for key in person.customers})
    return {
        "views": views,
        "has_more_charges": len(own) > len(views),
        "duplicates": likely_duplicates(published, person.person_id),
        "events": people.timeline(published, person.person_id, limit=EVENTS_SHOWN),
        "fresh": fresh_per_account(published, accounts),
        "notes": account_notes(service, role, accounts),
        **others_of(service, role, person, own),
    }


def mark_of(service: Service, frame: Frame, person_id: str | None) -> str:
    """Changes whenever the panel would show something else: newer data, or an action that moved on."""
    version = service.published.version
    parts = [str(version), person_id or "", str(clues_for(service, frame))]
    for run in service.live.of_objects(*_keys(service, frame, person_id), now=service.clock()):
        parts.append(f"{run.run_id} {run.state_type} {run.state_name}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _keys(service: Service, frame: Frame, person_id: str | None) -> tuple[Sequence[ObjectKey], list[tuple[str, str]]]:
    """The objects and customers whose actions matter; kept as long as the published file stays the same."""

    clues = clues_for(service, frame)

    def read() -> tuple[Sequence[ObjectKey], list[tuple[str, str]]]:
        shown = chosen_one(service, matched(service, clues), person_id)
        if shown is None:
            return (), []
        own = charges.charges_of(service.published, shown.person.person_id, limit=CHARGES_SHOWN + 1)
        keys = [(charge.account, kind, charge.charge_id) for charge in own for kind in ("charge", "order")]
        return keys, [(key.account, key.customer_id) for key in shown.person.customers]

    return service.kept.once(f"panel {frame.ticket_name} {person_id} {clues}", lambda _: read())
