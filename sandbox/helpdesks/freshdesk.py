"""Freshdesk's API v2 as far as it is needed, and the webhook of an automation rule: unsigned, with our own header."""

import hmac
from base64 import b64encode

import orjson

from sandbox.helpdesks.desk import Face, iso, query_of
from sandbox.helpdesks.markup import plain
from sandbox.helpdesks.zendesk import part_of
from sandbox.standin.messages import Answer, Json, Request, Turned, answer

PAGE = 30


class Freshdesk(Face):
    """See `sandbox.standin.api.Api`. Key: an API key, as the user of basic authentication with the password X."""

    name = "freshdesk"

    def admit(self, request: Request) -> None:
        wanted = "Basic " + b64encode(f"{self.key}:X".encode()).decode()
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), wanted.encode()):
            message = "You have to be logged in to perform this action."
            raise Turned(answer(401, {"code": "invalid_credentials", "message": message}))

    def route(self, method: str, path: list[str], request: Request) -> Answer:
        match [method, *path[2:]]:
            case ["GET", "tickets"]:
                email = query_of(request).get("email", "").lower()
                mine = [one for one in self.desk.tickets() if self._email(one).lower() == email]
                return answer(200, [self._ticket(one) for one in mine])
            case ["POST", "tickets"]:
                return self._create(self.body(request))
            case ["GET", "tickets", wanted]:
                return answer(200, self._ticket(self.wanted(wanted), with_requester=True))
            case ["GET", "tickets", wanted, "conversations"]:
                query = query_of(request)
                size, page = int(query.get("per_page", PAGE)), int(query.get("page", 1))
                parts = self.wanted(wanted)["thread"][1:]
                return answer(200, [_conversation(one) for one in parts[(page - 1) * size : page * size]])
            case ["POST", "tickets", wanted, "notes"]:
                return self._note(self.wanted(wanted), self.body(request))
            case ["GET", "agents"]:
                email = query_of(request).get("email", "").lower()
                return answer(200, [_agent(one) for one in self.desk.agents() if one["email"] == email])
            case ["GET", "agents", wanted]:
                known = self.desk.agent(wanted)
                return answer(200, _agent(known)) if known else self.not_found()
        return self.not_found()

    def not_found(self) -> Answer:
        """Freshdesk answers 404 with nothing in it."""
        return Answer(404, b"")

    def delivers(self, event: Json) -> bool:
        return event["kind"] in ("created", "customer") or (
            event["kind"] == "note" and "counterfoil:" in plain(part_of(self, event)["html"]).lower()
        )

    def message(self, event: Json, secret: str) -> tuple[bytes, dict[str, str]]:
        body = orjson.dumps({"ticket_id": event["ticket"]})
        return body, {"Content-Type": "application/json", "X-Counterfoil-Secret": secret}

    def _create(self, sent: Json) -> Answer:
        lacking = [name for name in ("email", "subject", "description", "status", "priority") if not sent.get(name)]
        if lacking:
            return _invalid(lacking[0], "Please fill in this field")
        made = self.desk.open(
            sent["email"], sent.get("name", ""), sent["subject"], sent["description"], tags=sent.get("tags", [])
        )
        return answer(201, self._ticket(made))

    def _note(self, ticket: Json, sent: Json) -> Answer:
        author = str(sent.get("user_id") or self.desk.agents()[0]["id"])
        is_agent = self.desk.agent(author) is not None
        if not sent.get("body"):
            return _invalid("body", "Mandatory attribute missing")
        if not is_agent and author != ticket["requester"]:
            return _invalid("user_id", "There is no contact matching the given user_id")
        kind = "note" if sent.get("private", True) else "customer" if sent.get("incoming") else "agent"
        part = self.desk.add(ticket["id"], kind, author, sent["body"], by_api=True)
        return answer(201, _conversation(part))

    def _email(self, ticket: Json) -> str:
        return str(self.desk.person(ticket["requester"])["email"])

    def _ticket(self, ticket: Json, *, with_requester: bool = False) -> Json:
        person = self.desk.person(ticket["requester"])
        shown = {
            "id": int(ticket["id"]),
            "subject": ticket["subject"],
            "status": {"open": 2, "pending": 3, "solved": 4, "closed": 5}[ticket["status"]],
            "requester_id": int(ticket["requester"]),
            "tags": ticket["tags"],
            "custom_fields": ticket["fields"],
            "to_emails": ticket["thread"][0]["to"] or None,
            "cc_emails": [],
            "spam": False,
        }
        requester = {"id": int(person["id"]), "email": person["email"], "name": person["name"]}
        return {**shown, "requester": requester} if with_requester else shown


def _conversation(part: Json) -> Json:
    return {
        "id": int(part["id"]),
        "body": f"<div>{part['html']}</div>",
        "body_text": plain(part["html"]),
        "private": part["kind"] == "note",
        "incoming": part["kind"] == "customer",
        "user_id": int(part["author"]),
        "source": 2 if part["kind"] == "note" else 0,
        "created_at": iso(part["at"]),
    }


def _agent(one: Json) -> Json:
    return {"id": int(one["id"]), "contact": {"active": True, "email": one["email"], "name": one["name"]}}


def _invalid(field: str, message: str) -> Answer:
    errors = [{"field": field, "message": message, "code": "invalid_value"}]
    return answer(400, {"description": "Validation failed", "errors": errors})
