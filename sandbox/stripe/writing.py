"""How a write runs: idempotency first, then the checks, then the effect and its record in one commit."""

import asyncio
import copy
from dataclasses import dataclass

from sandbox.stripe import faults as failures
from sandbox.stripe import params as reading
from sandbox.stripe.errors import Declined, Refused, server_error
from sandbox.stripe.expand import expand, requested
from sandbox.stripe.faults import Fault
from sandbox.stripe.idempotency import Idempotency, replay
from sandbox.stripe.messages import Answer, Request
from sandbox.stripe.operations import Execute, Operation
from sandbox.stripe.store import Store
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json, dump


@dataclass
class Writing:
    """Runs operations on one store."""

    store: Store
    idempotency: Idempotency

    async def run(self, request: Request, operation: Operation, ids: list[str], fault: Fault | None) -> Answer:
        """The answer to a POST or DELETE; raises `Invalid` where nothing was executed."""
        params = reading.parse(request.body or request.query)
        key = _key(request)
        if fault is not None and fault.kind not in ("slow", "error_before"):
            early = failures.before(fault)
            if early is not None:
                self._log(request, operation, params, early, fault)
                return early
        if key is None:
            return await self._execute(request, operation, ids, params, fault)
        kept = self.idempotency.stored(key, request, params)
        if kept is not None:
            self._log(request, operation, params, kept, fault)
            return failures.garbled(fault, kept)
        self.idempotency.in_flight.add(key)
        try:
            return await self._execute(request, operation, ids, params, fault)
        finally:
            self.idempotency.in_flight.discard(key)

    async def _execute(
        self, request: Request, operation: Operation, ids: list[str], params: Json, fault: Fault | None
    ) -> Answer:
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        execute = operation.prepare(params, ids)
        key = _key(request)
        tx = Transaction(self.store, request.request_id, key)
        status, body = _outcome(tx, execute, fault, requested(params))
        kept = replay(key, request, params, status, body) if key is not None else None
        done = Answer(status, body)
        entry = _entry(request, operation, params, done, fault)
        tx.commit(kept, entry)
        return failures.garbled(fault, done)

    def _log(self, request: Request, operation: Operation, params: Json, given: Answer, fault: Fault | None) -> None:
        entry = _entry(request, operation, params, given, fault)
        if entry is not None:
            Transaction(self.store).commit(log=entry)


def _key(request: Request) -> str | None:
    """Only a POST has one: "Sending idempotency keys in GET and DELETE requests has no effect"."""
    return request.headers.get("idempotency-key") if request.method == "POST" else None


def _outcome(tx: Transaction, execute: Execute, fault: Fault | None, paths: list[str]) -> tuple[int, bytes]:
    """Status and body, with the effect staged or, where it was refused, nothing staged."""
    if fault is not None and fault.kind == "error_before":
        return fault.status, dump(server_error())
    try:
        made = execute(tx)
    except Refused as refusal:
        tx.forget()
        return refusal.status, dump(refusal.body)
    except Declined as decline:
        return decline.status, dump(decline.body)
    if fault is not None and fault.kind == "error_after":
        # Stripe keeps the 500 of a first execution: its replay is a 500 too, though the money has moved.
        return fault.status, dump(server_error())
    return 200, dump(expand(tx, copy.deepcopy(made), paths) if paths else made)


def _entry(request: Request, operation: Operation, params: Json, given: Answer, fault: Fault | None) -> Json | None:
    if not operation.moves_money:
        return None
    return {
        "received_at": request.wall,
        "received_mono": request.mono,
        "method": request.method,
        "path": request.path,
        "params": params,
        "idempotency_key": request.headers.get("idempotency-key"),
        "request_id": request.request_id,
        "status": given.status,
        "is_replay": "Idempotent-Replayed" in given.headers,
        "fault": None if fault is None else fault.kind,
    }
