"""How a write runs: the request key first, then the checks, then the effect and its record in one commit.

Keys as developer.paypal.com/braintree/graphql/integration_guides/idempotency has them: for 30 days the same request
under the same key answers with the transaction in its current state; a refusal uses no key up, a decline does.
"""

import asyncio
import hashlib
import json
import time
from dataclasses import dataclass, field

from sandbox.braintree.errors import Refused
from sandbox.braintree.markup import Json, document
from sandbox.braintree.notifications import payload
from sandbox.braintree.operation import Outcome
from sandbox.braintree.store import Change, Store
from sandbox.braintree.writes import CREATED, OPERATIONS
from sandbox.stripe.faults import Fault

KEPT_SECONDS = 30 * 86_400
LONGEST_KEY = 255


@dataclass
class Writing:
    """Runs operations on one store."""

    store: Store
    in_flight: set[str] = field(default_factory=set)

    async def run(self, name: tuple[str, str], wanted: str, sent: Json, fault: Fault | None) -> tuple[int, bytes]:
        """(status, body) of one write; `name` is the operation's method and path. Raises NotFound."""
        inner = next(iter(sent.values()), None)
        params: Json = inner if isinstance(inner, dict) else {}
        key = params.get("api_request_key") or None
        try:
            made, is_replay = await self._made(name, wanted, params, key, fault)
        except Refused as refusal:
            self._log(name, wanted, params, 422, False, fault)
            return 422, refusal.body(sent)
        self._log(name, wanted, params, 201, is_replay, fault)
        is_created = name[0] == "POST" and name[1] in CREATED
        return (201 if is_created else 200), document(made.kind, made.obj)

    async def _made(
        self, name: tuple[str, str], wanted: str, params: Json, key: str | None, fault: Fault | None
    ) -> tuple[Outcome, bool]:
        digest = _digest(name, wanted, params)
        if key is None:
            return await self._execute(name, wanted, params, None, fault), False
        kept = self._kept(key, digest)
        if kept is not None:
            return Outcome("transaction", self.store.objects["transaction"][kept]), True
        self.in_flight.add(key)
        try:
            return await self._execute(name, wanted, params, (key, digest), fault), False
        finally:
            self.in_flight.discard(key)

    def _kept(self, key: str, digest: str) -> str | None:
        if len(key) > LONGEST_KEY:
            raise Refused("915230", "api_request_key")
        if key in self.in_flight:
            raise Refused("915233", "api_request_key")
        query = "SELECT request, id FROM keys WHERE key = ? AND stored_at > ?"
        row = self.store.db.execute(query, (key, time.time() - KEPT_SECONDS)).fetchone()
        if row is not None and row[0] != digest:
            raise Refused("915232", "api_request_key")
        if row is None:
            return None
        if self.store.objects["transaction"][row[1]]["status"] == "processor_declined":
            raise Refused("915234", "api_request_key")
        return str(row[1])

    async def _execute(
        self, name: tuple[str, str], wanted: str, params: Json, key: tuple[str, str] | None, fault: Fault | None
    ) -> Outcome:
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        try:
            made = OPERATIONS[name](self.store, params, wanted)
        except Refused as refusal:
            self._keep(refusal, key)
            raise
        change = change_of(self.store, made)
        if key is not None and made.kind == "transaction":
            change.key = (*key, made.obj["id"])
        self.store.commit(change)
        return made

    def _keep(self, refusal: Refused, key: tuple[str, str] | None) -> None:
        """A payment that the bank declined stays in the books, and its key is used up."""
        if refusal.declined is None or not refusal.is_kept:
            return
        kept = None if key is None else (*key, refusal.declined["id"])
        self.store.commit(Change(objects=[("transaction", refusal.declined)], key=kept))

    def _log(
        self, name: tuple[str, str], wanted: str, params: Json, status: int, is_replay: bool, fault: Fault | None
    ) -> None:
        path = name[1].format(id="{}").format(*wanted.split("/"))
        entry = {"method": name[0], "path": path, "params": params, "status": status}
        entry |= {"is_replay": is_replay, "fault": None if fault is None else fault.kind}
        self.store.commit(Change(log=entry))


def change_of(store: Store, made: Outcome) -> Change:
    """What an outcome changes, with the notification about it."""
    change = Change(objects=made.stored)
    if made.notify is not None:
        change.payloads.append(payload(made.notify, made.kind, made.obj, store.clock.now()))
    return change


def _digest(name: tuple[str, str], wanted: str, params: Json) -> str:
    return hashlib.sha256(json.dumps([name, wanted, params], sort_keys=True).encode()).hexdigest()
