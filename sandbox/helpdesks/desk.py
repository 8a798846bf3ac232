"""What the five helpdesks have in common: tickets with a thread, customers, agents, and events of what happened.

A ticket: {"id", "subject", "requester", "status", "tags", "fields", "external_id", "merged_into", "is_deleted",
"thread": [{"id", "kind": "customer" | "agent" | "note", "author", "html", "at", "to", "source"}]}; `author` is the id
of a person or an agent, `source` the headers of a mail.
"""

import time
from collections.abc import Iterable
from urllib.parse import parse_qsl

import orjson

from sandbox.standin.messages import Answer, Json, Request, Turned, answer
from sandbox.standin.store import Change, Store

TICKETS, PEOPLE, AGENTS = "tickets", "people", "agents"
MOST_THREADS = 100


class Desk:
    """The tickets of one helpdesk. Everything that changes is on the disk before a call returns."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def ticket(self, wanted: str) -> Json | None:
        """A copy of a ticket that was not deleted, or None."""
        found = Change(self.store).get(TICKETS, wanted)
        return None if found is None or found["is_deleted"] else found

    def tickets(self) -> list[Json]:
        """All tickets that were not deleted, newest first."""
        return [one for one in reversed(self.store.of(TICKETS).values()) if not one["is_deleted"]]

    def person(self, wanted: str) -> Json:
        """A customer by id."""
        return self.store.of(PEOPLE)[wanted]

    def person_of(self, email: str, name: str = "") -> Json:
        """The customer of an address, made where it is new."""
        for one in self.store.of(PEOPLE).values():
            if one["email"].lower() == email.lower():
                return one
        change = Change(self.store)
        made = change.put(PEOPLE, {"id": str(self._number()), "email": email, "name": name or email})
        change.commit()
        return made

    def agents(self) -> list[Json]:
        """Everybody who answers tickets."""
        return list(self.store.of(AGENTS).values())

    def agent(self, wanted: str) -> Json | None:
        """An agent by id."""
        return self.store.of(AGENTS).get(wanted)

    def open(
        self,
        email: str,
        name: str,
        subject: str,
        html: str,
        *,
        to: Iterable[str] = (),
        source: str = "",
        external_id: str = "",
        tags: Iterable[str] = (),
    ) -> Json:
        """A customer writes for the first time."""
        person = self.person_of(email, name)
        change = Change(self.store)
        number = self._number()
        ticket = {
            "id": self.new_id(number),
            "subject": subject,
            "requester": person["id"],
            "status": "open",
            "tags": list(tags),
            "fields": {},
            "external_id": external_id,
            "merged_into": "",
            "is_deleted": False,
            "thread": [self._part("customer", person["id"], html, list(to), source)],
        }
        change.put(TICKETS, ticket)
        change.tell({"kind": "created", "ticket": ticket["id"], "part": ticket["thread"][0]["id"], "by_api": False})
        change.commit()
        return ticket

    def new_id(self, number: int) -> str:
        """How this helpdesk names its tickets."""
        return str(number)

    def add(self, ticket_id: str, kind: str, author: str, html: str, *, by_api: bool = False) -> Json:
        """Somebody writes on a ticket; returns the part."""
        change = Change(self.store)
        ticket = change.get(TICKETS, ticket_id)
        assert ticket is not None
        part = self._part(kind, author, html, [], "")
        ticket["thread"].append(part)
        change.put(TICKETS, ticket)
        change.tell({"kind": kind, "ticket": ticket_id, "part": part["id"], "by_api": by_api})
        change.commit()
        return part

    def change(self, ticket_id: str, **fields: object) -> None:
        """Change fields of a ticket, without an event."""
        change = Change(self.store)
        ticket = change.get(TICKETS, ticket_id)
        assert ticket is not None
        change.put(TICKETS, {**ticket, **fields})
        change.commit()

    def _part(self, kind: str, author: str, html: str, to: list[str], source: str) -> Json:
        part = {"id": str(self._number()), "kind": kind, "author": author, "html": html}
        return {**part, "at": time.time(), "to": to, "source": source}

    def _number(self) -> int:
        with self.store.db:
            return 1000 + self.store.next_number()


class Face:
    """The API of one helpdesk before its own words: what `sandbox.standin.api.Api` wants. No money moves here."""

    name = ""

    def __init__(self, store: Store, key: str) -> None:
        self.store = store
        self.desk = Desk(store)
        self.key = key

    def admit(self, request: Request) -> None:
        """Check the key. Raises Turned."""
        raise NotImplementedError

    def message(self, event: Json, secret: str) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the webhook about an event, signed now."""
        raise NotImplementedError

    def route(self, method: str, path: list[str], request: Request) -> Answer:
        """The answer to an admitted request."""
        raise NotImplementedError

    def answer(self, request: Request) -> Answer:
        """Read, or change."""
        return self.route(request.method, request.path.strip("/").split("/"), request)

    def delivers(self, event: Json) -> bool:
        """Whether the helpdesk is set up to tell of such an event."""
        return True

    def moves_money(self, request: Request) -> bool:
        return request.method not in ("GET", "HEAD")

    def rate_limited(self, seconds: int) -> Answer:
        return answer(429, {"error": "Rate limit exceeded"}, {"Retry-After": str(seconds)})

    def broken(self, status: int) -> Answer:
        return answer(status, {"error": "Internal server error"})

    def books(self) -> Json:
        return {"charges": {}}

    def settle(self, reference: str | None, outcome: str | None) -> list[str]:
        return []

    def body(self, request: Request) -> Json:
        """The JSON body. Turned away with 400 where it is none."""
        try:
            found = orjson.loads(request.body or b"{}")
        except orjson.JSONDecodeError:
            raise Turned(answer(400, {"error": "The body is not JSON."})) from None
        if not isinstance(found, dict):
            raise Turned(answer(400, {"error": "The body is not an object."}))
        return found

    def wanted(self, ticket_id: str) -> Json:
        """A ticket, or 404."""
        found = self.desk.ticket(ticket_id)
        if found is None:
            raise Turned(self.not_found())
        return found

    def not_found(self) -> Answer:
        return answer(404, {"error": "RecordNotFound", "description": "Not found"})


def query_of(request: Request) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(request.query.decode(), keep_blank_values=True))


def iso(at: float) -> str:
    """A time as most helpdesks write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
