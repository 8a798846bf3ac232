"""Intercom's API 2.11 as far as it is needed, and its webhooks."""

import hashlib
import hmac

import orjson

from sandbox.helpdesks.desk import PEOPLE, Face
from sandbox.standin.messages import Answer, Json, Request, Turned, answer

TOPIC_OF = {
    "created": "conversation.user.created",
    "customer": "conversation.user.replied",
    "note": "conversation.admin.noted",
    "agent": "conversation.admin.replied",
}


class Intercom(Face):
    """See `sandbox.standin.api.Api`. Key: an access token."""

    name = "intercom"

    def admit(self, request: Request) -> None:
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {self.key}".encode()):
            raise Turned(_errors(401, "unauthorized", "Access Token Invalid"))

    def route(self, method: str, path: list[str], request: Request) -> Answer:
        match [method, *path]:
            case ["GET", "conversations", wanted]:
                return answer(200, self._conversation(self.wanted(wanted)))
            case ["POST", "conversations"]:
                return self._create(self.body(request))
            case ["POST", "conversations", "search"]:
                value = (self.body(request).get("query") or {}).get("value")
                found = [
                    self._conversation(one, is_short=True) for one in self.desk.tickets() if one["requester"] == value
                ]
                return answer(200, {"type": "conversation.list", "conversations": found, "total_count": len(found)})
            case ["POST", "conversations", wanted, "reply"]:
                return self._reply(self.wanted(wanted), self.body(request))
            case ["GET", "admins"]:
                return answer(200, {"type": "admin.list", "admins": [_admin(one) for one in self.desk.agents()]})
            case ["GET", "admins", wanted]:
                known = self.desk.agent(wanted)
                return answer(200, _admin(known)) if known else self.not_found()
            case ["POST", "contacts", "search"]:
                value = str((self.body(request).get("query") or {}).get("value", "")).lower()
                found = [_contact(one) for one in self.store.of(PEOPLE).values() if one["email"].lower() == value]
                return answer(200, {"type": "list", "data": found, "total_count": len(found)})
            case ["GET", "contacts", wanted]:
                known = self.store.of(PEOPLE).get(wanted)
                return answer(200, _contact(known)) if known else self.not_found()
            case ["POST", "contacts"]:
                sent = self.body(request)
                return answer(200, _contact(self.desk.person_of(sent["email"], sent.get("name") or "")))
        return self.not_found()

    def not_found(self) -> Answer:
        return _errors(404, "not_found", "Resource Not Found")

    def message(self, event: Json, secret: str) -> tuple[bytes, dict[str, str]]:
        ticket = self.store.of("tickets")[event["ticket"]]
        body = orjson.dumps(
            {
                "type": "notification_event",
                "app_id": "sandbox",
                "id": f"notif_{event['seq']}",
                "topic": TOPIC_OF[event["kind"]],
                "data": {"type": "notification_event_data", "item": self._conversation(ticket)},
            }
        )
        mac = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
        return body, {"Content-Type": "application/json", "X-Hub-Signature": f"sha1={mac}"}

    def _create(self, sent: Json) -> Answer:
        person = self.store.of(PEOPLE).get(str((sent.get("from") or {}).get("id")))
        if person is None or not sent.get("body"):
            return _errors(404, "not_found", "User Not Found")
        made = self.desk.open(person["email"], person["name"], "", sent["body"])
        return answer(200, {"type": "user_message", "id": made["thread"][0]["id"], "conversation_id": made["id"]})

    def _reply(self, ticket: Json, sent: Json) -> Answer:
        if sent.get("type") == "user":
            if str(sent.get("intercom_user_id")) != ticket["requester"]:
                return _errors(404, "not_found", "User Not Found")
            kind, author = "customer", ticket["requester"]
        else:
            kind, author = ("note" if sent.get("message_type") == "note" else "agent"), str(sent.get("admin_id"))
            if self.desk.agent(author) is None:
                return _errors(404, "admin_not_found", "Admin not found")
        self.desk.add(ticket["id"], kind, author, sent.get("body", ""), by_api=True)
        return answer(200, self._conversation(self.wanted(ticket["id"])))

    def _conversation(self, ticket: Json, *, is_short: bool = False) -> Json:
        person, first = self.desk.person(ticket["requester"]), ticket["thread"][0]
        shown: Json = {
            "type": "conversation",
            "id": ticket["id"],
            "title": ticket["subject"] or None,
            "state": "closed" if ticket["status"] == "closed" else "open",
            "source": {
                "type": "conversation",
                "id": first["id"],
                "subject": "",
                "body": first["html"],
                "author": {"type": "user", "id": person["id"], "name": person["name"], "email": person["email"]},
            },
            "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": person["id"]}]},
            "tags": {"type": "tag.list", "tags": [{"type": "tag", "name": tag} for tag in ticket["tags"]]},
            "custom_attributes": ticket["fields"],
        }
        if is_short:
            return shown
        parts = [self._part(one) for one in ticket["thread"][1:]]
        return {**shown, "conversation_parts": {"type": "conversation_part.list", "conversation_parts": parts}}

    def _part(self, part: Json) -> Json:
        is_customer = part["kind"] == "customer"
        known = self.desk.person(part["author"]) if is_customer else self.desk.agent(part["author"]) or {}
        kind = "user" if is_customer else "admin"
        return {
            "type": "conversation_part",
            "id": part["id"],
            "part_type": "note" if part["kind"] == "note" else "comment",
            "body": part["html"],
            "created_at": int(part["at"]),
            "author": {"type": kind, "id": part["author"], "name": known.get("name"), "email": known.get("email")},
        }


def _admin(one: Json) -> Json:
    return {"type": "admin", "id": one["id"], "email": one["email"], "name": one["name"]}


def _contact(one: Json) -> Json:
    return {"type": "contact", "id": one["id"], "role": "user", "email": one["email"], "name": one["name"]}


def _errors(status: int, code: str, message: str) -> Answer:
    return answer(status, {"type": "error.list", "errors": [{"code": code, "message": message}]})
