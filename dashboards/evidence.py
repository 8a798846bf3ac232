"""What speaks for a charge that is disputed, as one PDF to hand to the gateway: the payment, what was sold, the
documents, the customer's history, and what was done since. Only what is known is said.

Drawing needs Pango; WeasyPrint is imported with the first pack, because most services never draw one.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboards.panel.explaining import sentences
from dashboards.panel.saying import english
from dashboards.service import Service
from warehouse.reads import charges, dispute_list, documents, people
from warehouse.reads.audit import done_for_charge
from warehouse.reads.explained import explained

HISTORY = 60
"""Events of the customer that are shown, the newest; how many more there are is said."""
DOCUMENTS = 50
ACTIONS = 50
_DRAWING = threading.Lock()
"""One pack at a time: drawing takes a processor for half a second."""


class CannotDraw(RuntimeError):
    """A system library that draws PDFs is missing; the text names it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything of one dispute that the pack shows."""

    dispute: dict[str, Any]
    charge: charges.Charge | None
    """None where the gateway's charge is not in the published file."""
    said: list[str]
    """The charge in plain words."""
    person: people.Person | None
    undisputed: int
    """How many charges of the person succeeded before this one and were never disputed."""
    events: list[people.Event]
    has_more_events: bool
    papers: list[dict[str, Any]]
    done: list[dict[str, Any]]
    """What was carried out on the charge, the oldest first; why agents asked for it stays inside."""


def gather(service: Service, account: str, dispute_id: str) -> Evidence | None:
    """The evidence of a dispute; None where there is no such dispute."""
    published = service.published
    dispute = dispute_list.find_dispute(published, account, dispute_id)
    if dispute is None:
        return None
    charge_id = dispute["charge_id"] or ""
    charge = charges.find_charge(published, account, charge_id)
    person_id = people.person_of_charge(published, account, charge_id)
    person = people.find_person(published, person_id) if person_id else None
    events = people.timeline(published, person_id, limit=HISTORY + 1) if person_id else []
    asked = documents.DocumentFilter(account=account, charge_id=charge_id)
    return Evidence(
        dispute=dispute,
        charge=charge,
        said=sentences(explained(published, charge), english(service.settings.zone)) if charge else [],
        person=person,
        undisputed=charges.undisputed_before(published, person_id, charge.created_at) if person_id and charge else 0,
        events=events[:HISTORY],
        has_more_events=len(events) > HISTORY,
        papers=documents.list_documents(published, asked, limit=DOCUMENTS) if charge_id else [],
        done=done_for_charge(published, account, charge_id, limit=ACTIONS) if charge_id else [],
    )


def draw(service: Service, found: Evidence, now: datetime) -> bytes:
    """The pack as PDF (A4). Raises CannotDraw."""
    settings = service.settings
    html = service.pages.part(
        "evidence.html", found=found, now=now, as_of=service.as_of(), issuer=settings.entity, brand=settings.branding
    )
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise CannotDraw(f"Drawing PDFs needs a system library that is missing: {error}") from error
    with _DRAWING:
        # It has no picture and no link; a fetcher that may use no scheme fetches nothing.
        return bytes(HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=[])).write_pdf())
