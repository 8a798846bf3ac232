"""The panel's own search: people by what an agent has in hand, also by the text on a card statement."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.service import Service
from warehouse.reads import people
from warehouse.reads.matches import people_by_descriptor
from warehouse.reads.people import Person

MOST = 10


@dataclass(frozen=True, slots=True)
class Result:
    """One person, and what on a statement led to them; empty where something else did."""

    person: Person
    descriptor: str = ""


def search(service: Service, words: str) -> list[Result]:
    """The people that hold every word, then those whose charges show the words on the statement."""
    found = [Result(person) for person in people.search(service.published, words, limit=MOST)]
    known = {result.person.person_id for result in found}
    for named in people_by_descriptor(service.published, words):
        person = None if named.person_id in known else people.find_person(service.published, named.person_id)
        if person is not None:
            found.append(Result(person, named.word))
    return found[:MOST]
