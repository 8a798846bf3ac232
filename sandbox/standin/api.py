"""What a gateway's stand-in must bring: its API, its books, its webhooks. The rest is shared."""

from typing import Protocol

from sandbox.standin.messages import Answer, Json, Request
from sandbox.standin.store import Store


class Api(Protocol):
    """One gateway's side of a stand-in, on one store."""

    name: str
    store: Store

    def answer(self, request: Request) -> Answer:
        """Check the key and answer; what changes is on the disk before this returns. Raises Turned."""

    def admit(self, request: Request) -> None:
        """Check the key only. Raises Turned."""

    def moves_money(self, request: Request) -> bool:
        """Whether the request stands in the log of money-moving requests."""

    def rate_limited(self, seconds: int) -> Answer:
        """The answer to one request too many."""

    def broken(self, status: int) -> Answer:
        """The answer of a gateway that failed."""

    def books(self) -> Json:
        """{"charges": {id: {"captured", "refunded", "currency", "refunds": […]}}}, amounts in minor units."""

    def settle(self, reference: str | None, outcome: str | None) -> list[str]:
        """Bring open refunds (one, or all) to their end, "succeeded" or "failed"; return their ids."""

    def message(self, event: Json, secret: str) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the webhook for an event, signed now."""
