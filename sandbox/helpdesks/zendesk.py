"""Zendesk's Support API as far as it is needed, and the webhook of a trigger."""

import hashlib
import hmac
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import orjson

from sandbox.helpdesks.desk import MOST_THREADS, Face, iso, query_of
from sandbox.helpdesks.markup import plain
from sandbox.standin.messages import Answer, Json, Request, Turned, answer


class Zendesk(Face):
    """See `sandbox.standin.api.Api`. Key: e-mail/token:API token."""

    name = "zendesk"

    def admit(self, request: Request) -> None:
        wanted = "Basic " + b64encode(self.key.encode()).decode()
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), wanted.encode()):
            raise Turned(answer(401, {"error": "Couldn't authenticate you"}))

    def route(self, method: str, path: list[str], request: Request) -> Answer:
        path = [*path[:-1], path[-1].removesuffix(".json")]
        match [method, *path[2:]]:
            case ["GET", "tickets"]:
                wanted = query_of(request).get("external_id")
                found = [one for one in self.desk.tickets() if wanted and one["external_id"] == wanted]
                return answer(200, {"tickets": [self._ticket(one) for one in found], "count": len(found)})
            case ["POST", "tickets"]:
                return self._create(self.body(request).get("ticket") or {}, request)
            case ["GET", "tickets", wanted]:
                ticket = self.wanted(wanted)
                return answer(200, {"ticket": self._ticket(ticket), "users": self._users(ticket)})
            case ["PUT", "tickets", wanted]:
                return self._update(self.wanted(wanted), self.body(request).get("ticket") or {})
            case ["GET", "tickets", wanted, "comments"]:
                parts = self.wanted(wanted)["thread"]
                if query_of(request).get("sort") == "-created_at":
                    parts = list(reversed(parts))
                return answer(200, {"comments": [_comment(part) for part in parts[:MOST_THREADS]]})
            case ["GET", "users", "search"]:
                email = query_of(request).get("query", "").removeprefix("email:").strip('"').lower()
                found = [one for one in self._everybody() if one["email"].lower() == email]
                return answer(200, {"users": found})
            case ["GET", "users", wanted]:
                known = next((one for one in self._everybody() if str(one["id"]) == wanted), None)
                return answer(200, {"user": known}) if known else self.not_found()
        return self.not_found()

    def delivers(self, event: Json) -> bool:
        """What our triggers fire on: a new ticket, a customer's reply, a note that is meant for Counterfoil."""
        return event["kind"] in ("created", "customer") or (
            event["kind"] == "note" and "counterfoil:" in plain(part_of(self, event)["html"]).lower()
        )

    def message(self, event: Json, secret: str) -> tuple[bytes, dict[str, str]]:
        body = orjson.dumps({"ticket_id": event["ticket"]})
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        mac = hmac.new(secret.encode(), stamp.encode() + body, hashlib.sha256).digest()
        return body, {
            "Content-Type": "application/json",
            "X-Zendesk-Account-Id": "123456",
            "X-Zendesk-Webhook-Id": "01SANDBOX",
            "X-Zendesk-Webhook-Invocation-Id": str(event["seq"]),
            "X-Zendesk-Webhook-Signature": b64encode(mac).decode(),
            "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        }

    def _create(self, sent: Json, request: Request) -> Answer:
        key = request.headers.get("idempotency-key", "")
        known = next((one for one in self.desk.tickets() if key and one["external_id"] == key), None)
        if known is not None:
            return answer(201, {"ticket": self._ticket(known)}, {"X-Idempotency-Lookup": "hit"})
        requester = sent.get("requester") or {}
        if not requester.get("email") or not (sent.get("comment") or {}).get("body"):
            return answer(422, {"error": "RecordInvalid", "description": "Record validation errors"})
        made = self.desk.open(
            requester["email"],
            requester.get("name", ""),
            sent.get("subject", ""),
            _html(sent["comment"]),
            external_id=str(sent.get("external_id", "")),
        )
        return answer(201, {"ticket": self._ticket(made)})

    def _update(self, ticket: Json, sent: Json) -> Answer:
        if ticket["status"] == "closed":
            details = {"status": [{"description": "Status: closed prevents ticket update"}]}
            return answer(
                422, {"error": "RecordInvalid", "description": "Record validation errors", "details": details}
            )
        comment = sent.get("comment")
        events: list[Json] = []
        if comment:
            author = str(comment.get("author_id") or self.desk.agents()[0]["id"])
            is_agent = self.desk.agent(author) is not None
            if not is_agent and author != ticket["requester"]:
                return answer(422, {"error": "RecordInvalid", "description": "author_id is nobody who may comment"})
            kind = ("agent" if comment.get("public", True) else "note") if is_agent else "customer"
            part = self.desk.add(ticket["id"], kind, author, _html(comment), by_api=True)
            events = [{"id": int(part["id"]), "type": "Comment", "public": kind != "note"}]
        ticket = self.wanted(ticket["id"])
        return answer(200, {"ticket": self._ticket(ticket), "audit": {"id": 1, "events": events}})

    def _ticket(self, ticket: Json) -> Json:
        to = ticket["thread"][0]["to"]
        return {
            "id": int(ticket["id"]),
            "subject": ticket["subject"],
            "status": ticket["status"],
            "requester_id": int(ticket["requester"]),
            "tags": ticket["tags"],
            "external_id": ticket["external_id"] or None,
            "recipient": to[0] if to else None,
            "custom_fields": [{"id": int(key), "value": value} for key, value in ticket["fields"].items()],
            "via": {"channel": "email", "source": {"from": {}, "to": {"address": to[0] if to else None}}},
        }

    def _users(self, ticket: Json) -> list[Json]:
        return [one for one in self._everybody() if one["id"] == int(ticket["requester"])]

    def _everybody(self) -> list[Json]:
        return [_user(one, "agent") for one in self.desk.agents()] + [
            _user(one, "end-user") for one in self.store.of("people").values()
        ]


def part_of(face: Face, event: Json) -> Json:
    """The part of a thread that an event is about."""
    thread: list[Json] = face.store.of("tickets")[event["ticket"]]["thread"]
    return next(part for part in thread if part["id"] == event["part"])


def _user(one: Json, role: str) -> Json:
    return {"id": int(one["id"]), "email": one["email"], "name": one["name"], "role": role, "active": True}


def _comment(part: Json) -> Json:
    return {
        "id": int(part["id"]),
        "type": "Comment",
        "author_id": int(part["author"]),
        "body": plain(part["html"]),
        "html_body": f'<div class="zd-comment" dir="auto">{part["html"]}</div>',
        "plain_body": plain(part["html"]),
        "public": part["kind"] != "note",
        "via": {"channel": "email" if part["source"] else "web", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": iso(part["at"]),
    }


def _html(comment: dict[str, Any]) -> str:
    from html import escape

    return str(comment.get("html_body") or f"<p>{escape(comment.get('body') or '')}</p>".replace("\n", "<br>"))
