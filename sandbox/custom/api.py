"""A company's endpoint on a store: objects, actions, and what came of them."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import orjson

from sandbox.custom.actions import DOES, Asked, Refused
from sandbox.custom.seed import RESOURCES, grow
from sandbox.custom.signatures import admit, signature
from sandbox.standin.messages import Answer, Json, Request, Turned, answer
from sandbox.standin.settings import Scope, Settings
from sandbox.standin.store import Change, Store

KEY = "whsec_Y291bnRlcmZvaWwgc2lnbnMgd2l0aCB0aGlzIQ=="
WEBHOOK_SECRET = "whsec_dGhlIGNvbXBhbnkgc2lnbnMgd2l0aCB0aGlzIG9uZQ=="
DEFAULTS = Settings(KEY, KEY, WEBHOOK_SECRET)
ROOT = "/counterfoil/v1/"
PAGE_SIZE = 20
UNKNOWN = Turned(answer(404, {"status": "unknown"}))


class CustomApi:
    """See `sandbox.standin.api.Api`. With `offers_reading` False it sends its objects and outcomes by itself."""

    name = "custom"

    def __init__(self, store: Store, settings: Settings, *, offers_reading: bool = True) -> None:
        self.store = store
        self._secret = settings.key
        self._offers_reading = offers_reading

    def admit(self, request: Request) -> None:
        """401 for what is not signed well."""
        admit(request, self._secret)

    def answer(self, request: Request) -> Answer:
        """Act, or read."""
        parts = request.path.removeprefix(ROOT).split("/")
        if request.method == "POST" and parts == ["actions"]:
            return self._act(orjson.loads(request.body))
        if request.method != "GET":
            raise Turned(answer(405, {"error": "GET or POST /actions"}))
        if not self._offers_reading:
            raise Turned(answer(501, {"status": "not_offered"}))
        match parts:
            case ["objects", resource] if resource in RESOURCES:
                return self._list(resource, request)
            case ["objects", resource, wanted] if wanted in self.store.of(resource):
                return answer(200, self.store.of(resource)[wanted])
            case ["outcomes", wanted] if wanted in self.store.of("outcomes"):
                return answer(200, self.store.of("outcomes")[wanted]["outcome"])
        raise UNKNOWN

    def moves_money(self, request: Request) -> bool:
        """Actions do."""
        return request.method == "POST"

    def rate_limited(self, seconds: int) -> Answer:
        """429."""
        return answer(429, {"error": "too many requests"}, {"Retry-After": str(seconds)})

    def broken(self, status: int) -> Answer:
        """5xx."""
        return answer(status, {"error": "broken"})

    def books(self) -> Json:
        """What was taken and given back, per charge; and which requests had an effect, how often."""
        charges = self.store.of("charges").values()
        return {"charges": {one["id"]: self._book(one) for one in charges}, "effects": self._effects()}

    def settle(self, reference: str | None, outcome: str | None) -> list[str]:
        """Bring pending refunds to their end, and tell."""
        change, settled = Change(self.store), []
        for kept in self.store.of("outcomes").values():
            told = kept["outcome"]
            if told["status"] == "pending" and reference in (None, told["reference"]):
                self._end(change, kept, has_failed=outcome == "failed")
                settled.append(told["reference"])
        change.commit()
        return settled

    def message(self, event: Json, secret: str) -> tuple[bytes, dict[str, str]]:
        """An outcome, signed as a standard webhook."""
        body = orjson.dumps({"type": "outcome", **event["outcome"]})
        message_id, seconds = f"msg_{event['seq']}", str(int(datetime.now(UTC).timestamp()))
        return body, {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": seconds,
            "webhook-signature": signature(secret, message_id, seconds, body),
        }

    def _act(self, sent: Json) -> Answer:
        known = self.store.of("outcomes").get(sent["request_id"])
        if known is not None:
            told = known["outcome"] if known["sent"] == sent else _refused(sent, "invalid", "Sent before, otherwise.")
            return answer(200, told)
        try:
            return answer(200, self._carry_out(sent))
        except Refused as no:
            return answer(200, _refused(sent, no.code, no.reason))

    def _carry_out(self, sent: Json) -> Json:
        change, now = Change(self.store), self._now()
        kind, does = DOES.get(sent["action"], ("", None))
        found = change.get(kind, sent["object_id"]) if does else None
        if does is None:
            raise Refused("unsupported", f"{sent['action']} is not done here.")
        if found is None:
            raise Refused("unknown_object", "There is no such object.")
        reference, status = does(Asked(change, sent, found, now, self.store.next_number()))
        told = {"request_id": sent["request_id"], "status": status, "reference": reference, "at": now}
        if sent["amount_minor"] is not None:
            told |= {"amount_minor": sent["amount_minor"], "currency": sent["currency"]}
        change.put("outcomes", {"id": sent["request_id"], "sent": sent, "outcome": told})
        change.put("effects", {"id": str(self.store.next_number("effect")), "request_id": sent["request_id"]})
        change.commit()
        return told

    def _end(self, change: Change, kept: Json, *, has_failed: bool) -> None:
        told = {**kept["outcome"], "status": "failed" if has_failed else "done", "at": self._now()}
        refund = change.get("refunds", told["reference"]) or {}
        refund.update(status="failed" if has_failed else "succeeded", updated_at=told["at"])
        change.put("refunds", refund)
        if has_failed:
            charge = change.get("charges", refund["charge_id"]) or {}
            charge.update(refunded_minor=charge["refunded_minor"] - refund["amount_minor"], updated_at=told["at"])
            change.put("charges", charge)
        change.put("outcomes", {**kept, "outcome": told})
        change.tell({"outcome": told})

    def _list(self, resource: str, request: Request) -> Answer:
        query = {name: values[0] for name, values in parse_qs(request.query.decode()).items()}
        since = datetime.fromisoformat(query["since"]) if "since" in query else None
        rows = [one for one in self.store.of(resource).values() if _is_since(one, since)]
        start = int(query.get("cursor", 0))
        end = start + PAGE_SIZE
        following = str(end) if end < len(rows) else None
        page = {"object": "list", "resource": resource, "data": rows[start:end], "next_cursor": following}
        return answer(200, page)

    def _now(self) -> str:
        return datetime.now(UTC).isoformat()

    def _book(self, charge: Json) -> Json:
        mine = [one for one in self.store.of("refunds").values() if one["charge_id"] == charge["id"]]
        return {
            "captured": charge["captured_minor"],
            "refunded": charge["refunded_minor"],
            "currency": charge["currency"],
            "refunds": mine,
        }

    def _effects(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for one in self.store.of("effects").values():
            found[one["request_id"]] = found.get(one["request_id"], 0) + 1
        return found


def _refused(sent: Json, code: str, reason: str) -> Json:
    return {"request_id": sent["request_id"], "status": "refused", "code": code, "reason": reason}


def _is_since(one: Json, since: datetime | None) -> bool:
    return since is None or datetime.fromisoformat(one["updated_at"]) >= since


def make_api(folder: Path | None, scope: Scope, settings: Settings) -> CustomApi:
    """The stand-in on a state folder (None: in memory), seeded the first time."""
    store = Store(folder, "custom")
    store.open(scope.today, grow(scope), {"number": "10000"})
    return CustomApi(store, settings)
