"""Idempotency-Key as Stripe's API v1 has it: https://docs.stripe.com/api/idempotent_requests.

The first execution's status and body are kept, 500s too, and replayed for at least 24 hours. What fails before
execution begins (wrong parameters, wrong key, rate limit) is not kept.
"""

from dataclasses import dataclass, field

from sandbox.stripe.errors import Invalid
from sandbox.stripe.messages import Answer, Request
from sandbox.stripe.params import fingerprint
from sandbox.stripe.store import Store
from sandbox.stripe.transaction import Replay
from sandbox.stripe.wire import Json

KEPT_SECONDS = 24 * 3600
LONGEST = 255


@dataclass
class Idempotency:
    """Keys that have been used, and those whose first request is still running."""

    store: Store
    in_flight: set[str] = field(default_factory=set)

    def stored(self, key: str, request: Request, params: Json) -> Answer | None:
        """The kept answer, or None; raises for a key that was used for something else, or is in use."""
        if len(key) > LONGEST:
            raise Invalid(f"Idempotency keys may be at most {LONGEST} characters long.", param="Idempotency-Key")
        if key in self.in_flight:
            raise _in_use(key)
        replay = self._find(key, request.wall)
        if replay is None:
            return None
        if (replay.method, replay.path) != (request.method, request.path):
            raise _other_endpoint(key, replay.path, request.path)
        if replay.params != fingerprint(params):
            raise _other_parameters(key)
        headers = {"Idempotent-Replayed": "true", "Original-Request": replay.request_id}
        return Answer(replay.status, replay.body, headers)

    def expire(self, key: str | None) -> int:
        """Forget one key, or all; returns how many."""
        with self.store.db as db:
            query = "DELETE FROM idempotency WHERE ?1 IS NULL OR key = ?1"
            return db.execute(query, (key,)).rowcount

    def _find(self, key: str, wall: float) -> Replay | None:
        query = "SELECT * FROM idempotency WHERE key = ? AND stored_at > ?"
        row = self.store.db.execute(query, (key, wall - KEPT_SECONDS)).fetchone()
        return None if row is None else Replay(*row)


def replay(key: str, request: Request, params: Json, status: int, body: bytes) -> Replay:
    """What is to be kept of an execution."""
    digest = fingerprint(params)
    return Replay(key, request.method, request.path, digest, status, body, request.request_id, request.wall)


def _in_use(key: str) -> Invalid:
    return Invalid(
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        f"twice, and the other request is still going through): {key}. Please try again later.",
        status=409,
        code="idempotency_key_in_use",
        headers={"Stripe-Should-Retry": "true"},
    )


def _other_parameters(key: str) -> Invalid:
    return Invalid(
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using "
        f"a key other than '{key}' if you meant to execute a different request.",
        kind="idempotency_error",
    )


def _other_endpoint(key: str, first: str, now: str) -> Invalid:
    return Invalid(
        "Keys for idempotent requests can only be used for the same endpoint they were first used for "
        f"('{now}' vs '{first}'). Try using a key other than '{key}' if you meant to execute a different request.",
        kind="idempotency_error",
    )
