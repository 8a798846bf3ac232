"""The shape of a write: checked first, executed inside a transaction after."""

from collections.abc import Callable
from dataclasses import dataclass
from re import Pattern

from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json

Execute = Callable[[Transaction], Json]
Prepare = Callable[[Json, list[str]], Execute]


@dataclass(frozen=True)
class Operation:
    """One writing route.

    `prepare(params, path ids)` raises `Invalid` for a wrong request, and returns what executes it; execution may raise
    `Refused`. `moves_money` says whether it stands in the log of money-moving requests.
    """

    method: str
    pattern: Pattern[str]
    permission: str
    prepare: Prepare
    moves_money: bool = False
