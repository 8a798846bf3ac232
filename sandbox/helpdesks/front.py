"""Front's core API as far as it is needed, and the webhooks of an application (or, where asked for, of a rule)."""

import hashlib
import hmac
import re
import time
from base64 import b64encode
from urllib.parse import unquote

import orjson

from sandbox.helpdesks.desk import Desk, Face
from sandbox.helpdesks.markup import paragraph, plain
from sandbox.standin.messages import Answer, Json, Request, Turned, answer
from sandbox.standin.store import Store

TYPE_OF = {
    "created": "inbound_received",
    "customer": "inbound_received",
    "note": "new_comment_added",
    "agent": "outbound_sent",
}


class _Conversations(Desk):
    def new_id(self, number: int) -> str:
        return f"cnv_{number}"


class Front(Face):
    """See `sandbox.standin.api.Api`. Key: an API token. `is_rule`: sign as a rule's webhook does."""

    name = "front"

    def __init__(self, store: Store, key: str, *, is_rule: bool = False) -> None:
        super().__init__(store, key)
        self.desk = _Conversations(store)
        self.is_rule = is_rule

    def admit(self, request: Request) -> None:
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {self.key}".encode()):
            raise Turned(_error(401, "Unauthorized", "Invalid authorization"))

    def route(self, method: str, path: list[str], request: Request) -> Answer:
        match [method, *path]:
            case ["GET", "conversations", "search", *rest]:
                return self._search(unquote("/".join(rest)))
            case ["GET", "conversations", wanted]:
                return self._show(wanted)
            case ["GET", "conversations", wanted, "messages"]:
                parts = [one for one in self.wanted(wanted)["thread"] if one["kind"] != "note"]
                return answer(200, {"_results": [self._message(wanted, one) for one in reversed(parts)]})
            case ["GET", "conversations", wanted, "comments"]:
                parts = [one for one in self.wanted(wanted)["thread"] if one["kind"] == "note"]
                return answer(200, {"_results": [self._comment(one) for one in reversed(parts)]})
            case ["POST", "conversations", wanted, "comments"]:
                return self._add(self.wanted(wanted), self.body(request))
            case ["GET", "teammates", wanted]:
                known = self._teammate(unquote(wanted))
                return answer(200, _teammate(known)) if known else self.not_found()
            case ["POST", "inboxes", _, "imported_messages"]:
                return self._import(self.body(request))
            case ["GET", "messages", wanted]:
                uid = unquote(wanted).removeprefix("alt:uid:")
                found = next(
                    (one for one in self.desk.tickets() if one["external_id"] and uid == f"uid{one['external_id']}"),
                    None,
                )
                return answer(200, self._message(found["id"], found["thread"][0])) if found else self.not_found()
        return self.not_found()

    def not_found(self) -> Answer:
        return _error(404, "Not found", "Unknown resource")

    def message(self, event: Json, secret: str) -> tuple[bytes, dict[str, str]]:
        ticket = self.store.of("tickets")[event["ticket"]]
        payload = {"id": f"evt_{event['seq']}", "type": event["kind"], "conversation": self._conversation(ticket)}
        if self.is_rule:
            body = orjson.dumps(payload)
            mac = hmac.new(secret.encode(), body, hashlib.sha1).digest()
            return body, {"Content-Type": "application/json", "X-Front-Signature": b64encode(mac).decode()}
        body = orjson.dumps({"type": TYPE_OF[event["kind"]], "authorization": {"id": "cmp_1"}, "payload": payload})
        return body, self.signed(body, secret)

    def signed(self, body: bytes, secret: str) -> dict[str, str]:
        """The headers of an application's message."""
        stamp = str(int(time.time() * 1000))
        mac = hmac.new(secret.encode(), f"{stamp}:".encode() + body, hashlib.sha256).digest()
        return {
            "Content-Type": "application/json",
            "X-Front-Request-Timestamp": stamp,
            "X-Front-Signature": b64encode(mac).decode(),
        }

    def _show(self, wanted: str) -> Answer:
        ticket = self.wanted(wanted)
        if ticket["merged_into"]:
            return Answer(301, b"", {"Location": f"https://api2.frontapp.com/conversations/{ticket['merged_into']}"})
        return answer(200, self._conversation(ticket))

    def _search(self, query: str) -> Answer:
        phrase = re.search(r'"([^"]+)"', query)
        wanted = phrase[1] if phrase else ""
        found = [one for one in self.desk.tickets() if wanted and wanted in one["thread"][0]["html"]]
        return answer(200, {"_total": len(found), "_results": [self._conversation(one) for one in found]})

    def _add(self, ticket: Json, sent: Json) -> Answer:
        author = self._teammate(str(sent.get("author_id") or self.desk.agents()[0]["id"]))
        if not sent.get("body") or author is None:
            return _error(400, "Bad request", "Body did not satisfy requirements")
        part = self.desk.add(ticket["id"], "note", author["id"], paragraph(sent["body"]), by_api=True)
        return answer(201, self._comment(part))

    def _import(self, sent: Json) -> Answer:
        marker, sender = str(sent.get("external_id", "")), sent.get("sender") or {}
        if not marker or not sender.get("handle") or not sent.get("body"):
            return _error(400, "Bad request", "Body did not satisfy requirements")
        if not any(one["external_id"] == marker for one in self.desk.tickets()):
            self.desk.open(
                sender["handle"],
                sender.get("name", ""),
                sent.get("subject", ""),
                sent["body"],
                to=sent.get("to", []),
                external_id=marker,
            )
        return answer(202, {"status": "accepted", "message_uid": f"uid{marker}"})

    def _teammate(self, wanted: str) -> Json | None:
        email = wanted.removeprefix("alt:email:").lower()
        return next((one for one in self.desk.agents() if email in (one["id"], one["email"])), None)

    def _conversation(self, ticket: Json) -> Json:
        person = self.desk.person(ticket["requester"])
        return {
            "id": ticket["id"],
            "subject": ticket["subject"],
            "status": "archived" if ticket["status"] == "closed" else "unassigned",
            "tags": [{"id": f"tag_{number}", "name": tag} for number, tag in enumerate(ticket["tags"], 1)],
            "recipient": {"handle": person["email"], "name": person["name"], "role": "from"},
            "custom_fields": ticket["fields"],
        }

    def _message(self, ticket_id: str, part: Json) -> Json:
        person = part["author"]
        is_inbound = part["kind"] == "customer"
        sender = self.desk.person(person)["email"] if is_inbound else "support@example.com"
        recipients = [{"handle": sender, "role": "from"}, *({"handle": to, "role": "to"} for to in part["to"])]
        answered = re.search(r"(?im)^in-reply-to:\s*(<[^>]+>)", part["source"])
        return {
            "id": f"msg_{part['id']}",
            "type": "email",
            "is_inbound": is_inbound,
            "created_at": part["at"],
            "recipients": recipients,
            "body": part["html"],
            "text": plain(part["html"]),
            "metadata": {"headers": {"in_reply_to": answered[1] if answered else None}},
            "_links": {"related": {"conversation": f"https://api2.frontapp.com/conversations/{ticket_id}"}},
        }

    def _comment(self, part: Json) -> Json:
        known = self.desk.agent(part["author"])
        author = _teammate(known) if known else None
        return {"id": f"com_{part['id']}", "author": author, "body": plain(part["html"]), "posted_at": part["at"]}


def _teammate(one: Json) -> Json:
    first, _, last = one["name"].partition(" ")
    return {"id": one["id"], "email": one["email"], "first_name": first, "last_name": last, "is_blocked": False}


def _error(status: int, title: str, message: str) -> Answer:
    return answer(status, {"_error": {"status": status, "title": title, "message": message}})
