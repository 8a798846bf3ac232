"""Help Scout's Mailbox API 2.0 as far as it is needed, its access tokens, and its webhooks."""

import hashlib
import hmac
import secrets
from base64 import b64encode
from urllib.parse import parse_qsl

import orjson

from sandbox.helpdesks.desk import MOST_THREADS, TICKETS, Face, iso, query_of
from sandbox.standin.messages import Answer, Json, Request, Turned, answer
from sandbox.standin.store import Store

EVENT_OF = {
    "created": "convo.created",
    "note": "convo.note.created",
    "customer": "convo.customer.reply.created",
    "agent": "convo.agent.reply.created",
}
TYPE_OF = {"customer": "customer", "note": "note", "agent": "message"}


class HelpScout(Face):
    """See `sandbox.standin.api.Api`. Key: app id:app secret, for which a token is given."""

    name = "helpscout"

    def __init__(self, store: Store, key: str) -> None:
        super().__init__(store, key)
        self.tokens: set[str] = set()

    def admit(self, request: Request) -> None:
        if request.path == "/v2/oauth2/token":
            return
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Turned(answer(401, {"error": "invalid_token", "error_description": "Token is invalid"}))

    def route(self, method: str, path: list[str], request: Request) -> Answer:
        match [method, *path[1:]]:
            case ["POST", "oauth2", "token"]:
                return self._token(request)
            case ["GET", "conversations"]:
                tag = query_of(request).get("tag")
                found = [self._conversation(one) for one in self.desk.tickets() if tag in one["tags"]]
                return answer(200, {"_embedded": {"conversations": found}} if found else {"page": {"totalElements": 0}})
            case ["POST", "conversations"]:
                return self._create(self.body(request))
            case ["GET", "conversations", wanted]:
                return self._show(wanted)
            case ["GET", "conversations", wanted, "threads"]:
                threads = [self._thread(one) for one in reversed(self.wanted(wanted)["thread"])]
                return answer(200, {"_embedded": {"threads": threads}, "page": {"number": 1, "totalPages": 1}})
            case ["GET", "conversations", wanted, "threads", part, "original-source"]:
                known = next((one for one in self.wanted(wanted)["thread"] if one["id"] == part), None)
                return answer(200, {"original": known["source"]}) if known and known["source"] else self.not_found()
            case ["POST", "conversations", wanted, ("notes" | "customer") as kind]:
                return self._add(self.wanted(wanted), kind, self.body(request))
            case ["GET", "users"]:
                email = query_of(request).get("email", "").lower()
                found = [_user(one) for one in self.desk.agents() if one["email"] == email]
                return answer(200, {"_embedded": {"users": found}} if found else {"page": {"totalElements": 0}})
            case ["GET", "users", wanted]:
                known = self.desk.agent(wanted)
                return answer(200, _user(known)) if known else self.not_found()
        return self.not_found()

    def message(self, event: Json, secret: str) -> tuple[bytes, dict[str, str]]:
        ticket = self.store.of(TICKETS)[event["ticket"]]
        shown = {
            **self._conversation(ticket),
            "_embedded": {"threads": [self._thread(one) for one in ticket["thread"]]},
        }
        body = orjson.dumps(shown)
        mac = hmac.new(secret.encode(), body, hashlib.sha1).digest()
        return body, {
            "Content-Type": "application/json",
            "X-HelpScout-Event": EVENT_OF[event["kind"]],
            "X-HelpScout-Signature": b64encode(mac).decode(),
        }

    def _token(self, request: Request) -> Answer:
        sent = dict(parse_qsl(request.body.decode()))
        given = f"{sent.get('client_id')}:{sent.get('client_secret')}"
        if sent.get("grant_type") != "client_credentials" or not hmac.compare_digest(given.encode(), self.key.encode()):
            return answer(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        token = secrets.token_hex(16)
        self.tokens.add(token)
        return answer(200, {"token_type": "bearer", "access_token": token, "expires_in": 172800})

    def _show(self, wanted: str) -> Answer:
        ticket = self.wanted(wanted)
        if ticket["merged_into"]:
            return Answer(301, b"", {"Location": f"https://api.helpscout.net/v2/conversations/{ticket['merged_into']}"})
        return answer(200, self._conversation(ticket))

    def _create(self, sent: Json) -> Answer:
        first = (sent.get("threads") or [{}])[0]
        email = (sent.get("customer") or {}).get("email")
        if not email or not sent.get("mailboxId") or not first.get("text") or not sent.get("subject"):
            return answer(400, {"message": "Bad request", "_embedded": {"errors": [{"message": "may not be null"}]}})
        name = sent["customer"].get("firstName", "")
        made = self.desk.open(email, name, sent["subject"], first["text"], tags=sent.get("tags", []))
        return Answer(201, b"", {"Resource-ID": made["id"]})

    def _add(self, ticket: Json, kind: str, sent: Json) -> Answer:
        if ticket["merged_into"]:
            return self.not_found()
        if len(ticket["thread"]) >= MOST_THREADS:
            return answer(412, {"message": "Conversation has reached the maximum number of threads"})
        author = str(sent.get("user") or self.desk.agents()[0]["id"]) if kind == "notes" else ticket["requester"]
        if kind == "notes" and self.desk.agent(author) is None:
            return answer(400, {"message": "Bad request", "_embedded": {"errors": [{"path": "user"}]}})
        part = self.desk.add(
            ticket["id"], "note" if kind == "notes" else "customer", author, sent.get("text", ""), by_api=True
        )
        return Answer(201, b"", {"Resource-ID": part["id"]})

    def _conversation(self, ticket: Json) -> Json:
        person = self.desk.person(ticket["requester"])
        return {
            "id": int(ticket["id"]),
            "number": int(ticket["id"]),
            "type": "email",
            "status": {"open": "active", "solved": "closed"}.get(ticket["status"], ticket["status"]),
            "state": "published",
            "subject": ticket["subject"],
            "threads": len(ticket["thread"]),
            "mailboxId": 1,
            "primaryCustomer": {"id": int(person["id"]), "email": person["email"], "first": person["name"], "last": ""},
            "tags": [{"id": number, "tag": tag} for number, tag in enumerate(ticket["tags"], 1)],
            "customFields": [
                {"id": int(key), "name": key, "value": value, "text": value} for key, value in ticket["fields"].items()
            ],
        }

    def _thread(self, part: Json) -> Json:
        is_customer = part["kind"] == "customer"
        known = self.desk.person(part["author"]) if is_customer else self.desk.agent(part["author"])
        return {
            "id": int(part["id"]),
            "type": TYPE_OF[part["kind"]],
            "status": "active",
            "state": "published",
            "body": part["html"],
            "source": {"type": "email" if part["source"] else "api", "via": "customer" if is_customer else "user"},
            "createdBy": {
                "id": int(part["author"]),
                "type": "customer" if is_customer else "user",
                "email": (known or {}).get("email", ""),
            },
            "to": part["to"],
            "cc": [],
            "bcc": [],
            "createdAt": iso(part["at"]),
        }


def _user(one: Json) -> Json:
    first, _, last = one["name"].partition(" ")
    return {"id": int(one["id"]), "firstName": first, "lastName": last, "email": one["email"], "type": "user"}
