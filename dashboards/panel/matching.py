"""Who a ticket's customer may be, and how sure that is: a person by an id, by the address only, several, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboards.panel.clues import Clues, mixes_alphabets, without_tag
from dashboards.service import Service
from warehouse.reads.matches import Named, people_by_email, people_by_identifier, people_by_payment
from warehouse.reads.people import Person, find_person

How = Literal["identifier", "email", "payment", "similar"]
_ORDER: tuple[How, ...] = ("identifier", "email", "payment", "similar")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person that the ticket may be about."""

    person: Person
    ways: tuple[tuple[How, str], ...]
    """How they were found, the surest way first, each with the word that led there."""

    @property
    def how(self) -> How:
        return self.ways[0][0]

    @property
    def customer_match(self) -> str:
        """The word for a request: only an id counts as more than an address."""
        return {"identifier": "identifier", "email": "email"}.get(self.how, "chosen")


@dataclass(frozen=True, slots=True)
class Matched:
    """All candidates, the surest first."""

    candidates: tuple[Candidate, ...]
    warning: str = ""
    """A sentence where something does not fit together; empty where nothing is odd."""

    @property
    def certain(self) -> Candidate | None:
        """The one person to show at once; None where the agent must choose, or there is nobody."""
        found = self.candidates
        if len(found) == 1 and found[0].how in ("identifier", "email"):
            return found[0]
        return None

    def of(self, person_id: str) -> Candidate | None:
        """One of the candidates."""
        return next((found for found in self.candidates if found.person.person_id == person_id), None)


def matched(service: Service, clues: Clues) -> Matched:
    """Look for everybody that the clues name. Raises NothingPublished."""
    published = service.published
    found: dict[str, list[tuple[How, str]]] = {}
    _note(found, "identifier", people_by_identifier(published, clues.identifiers))
    _note(found, "email", people_by_email(published, clues.emails))
    _note(found, "payment", people_by_payment(published, clues.last4, clues.amounts, clues.dates))
    plain = [bare for email in clues.emails if (bare := without_tag(email)) not in clues.emails]
    _note(found, "similar", people_by_email(published, plain))
    candidates = [
        Candidate(person, tuple(sorted(ways, key=lambda way: _ORDER.index(way[0]))))
        for person_id, ways in found.items()
        if (person := find_person(published, person_id))
    ]
    candidates.sort(key=lambda one: (_ORDER.index(one.how), -len(one.ways), one.person.person_id))
    return Matched(tuple(candidates), _warning(clues, candidates))


def match_of(service: Service, clues: Clues, person: Person) -> str:
    """How a request says that this person was found: as the clues do, else by the agent's own choice."""
    found = matched(service, clues).of(person.person_id)
    return found.customer_match if found else "chosen"


def _note(found: dict[str, list[tuple[How, str]]], how: How, named: list[Named]) -> None:
    for one in named:
        found.setdefault(one.person_id, []).append((how, one.word))


def _warning(clues: Clues, candidates: list[Candidate]) -> str:
    odd = next((email for email in clues.emails if mixes_alphabets(email)), "")
    if odd:
        return f"The address {odd} is not written in plain Latin letters: it may be made to look like another one."
    by_id = {one.person.person_id for one in candidates if one.how == "identifier"}
    by_email = {one.person.person_id for one in candidates if any(how == "email" for how, _ in one.ways)}
    if by_id and by_email and not by_id & by_email:
        return "The ticket names something of one customer and comes from the address of another: ask who is writing."
    return ""
