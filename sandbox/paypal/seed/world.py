"""The whole account, grown in one go."""

from collections import defaultdict
from dataclasses import dataclass
from random import Random

from sandbox.paypal.ledger import row
from sandbox.paypal.money import counted
from sandbox.paypal.seed import trouble
from sandbox.paypal.seed.actable import actable
from sandbox.paypal.seed.contracts import invoice, plans, subscribe
from sandbox.paypal.seed.ground import Ground
from sandbox.paypal.seed.people import payers
from sandbox.paypal.seed.sales import sell
from sandbox.paypal.store import Entry
from sandbox.stripe.clock import DAY, midnight
from sandbox.stripe.periods import months_later
from sandbox.stripe.settings import Scope
from sandbox.stripe.wire import Json


@dataclass(frozen=True)
class Size:
    """How many of each."""

    payers: int
    sales: int
    subscriptions: int
    invoices: int
    disputes: int


SIZES = {"full": Size(160, 900, 60, 60, 20), "small": Size(24, 170, 6, 9, 5), "tiny": Size(12, 20, 2, 3, 2)}


@dataclass(frozen=True)
class Grown:
    """Entries for the store, oldest first, and the planted defects."""

    entries: list[Entry]
    defects: list[Json]


def grow(scope: Scope) -> Grown:
    """A year (or `scope.months`) of life, the same for the same scope."""
    size = SIZES[scope.scale]
    end = midnight(scope.today)
    rng = Random(f"paypal/{scope.seed}/{scope.scale}/{scope.months}")
    ground = Ground(str(scope.seed), months_later(end, -scope.months), end, rng)
    everybody = payers(ground, size.payers, scope)
    catalogue = plans(ground, everybody)
    for number in range(size.sales):
        sell(ground, everybody[number * 7 % len(everybody)], number)
    for number in range(size.subscriptions):
        payer = everybody[number * 3 % len(everybody)]
        subscribe(ground, catalogue[rng.choice(["Studio", "Agency"]), payer.currency], payer, number)
    for number in range(size.invoices):
        invoice(ground, everybody[number * 5 % len(everybody)], number)
    _give_back(ground, size)
    _withdraw(ground)
    defects = [_odd(ground, 1, "unknown_currency"), _odd(ground, 2, "unknown_status")]
    # Last, and with random numbers of its own: what grew before stays as it is.
    ground.rng = Random(f"paypal/stored/{scope.seed}/{scope.scale}/{scope.months}")
    actable(ground, everybody, catalogue)
    return Grown(sorted(ground.entries, key=lambda entry: entry.at), defects)


def _give_back(ground: Ground, size: Size) -> None:
    taken = [entry for entry in ground.every("capture") if entry.shown["status"] == "COMPLETED"]
    ground.rng.shuffle(taken)
    # A buyer may open a case for 180 days.
    young = (ground.end - 150 * DAY, ground.end - 10 * DAY)
    contested = [entry for entry in taken if "order" in entry.hidden and young[0] < entry.at < young[1]]
    for number, capture in enumerate(contested[: size.disputes]):
        trouble.dispute(ground, capture, number)
    rest = [entry for entry in taken if "case" not in entry.hidden]
    share = max(3, len(rest) // 25)
    for capture in rest[:share]:
        trouble.refund(ground, capture, counted(capture.shown["amount"]))
    for number, capture in enumerate(rest[share : 2 * share]):
        for _ in range(1 + number % 2):
            left = counted(capture.shown["amount"]) - capture.hidden["refunded"]
            trouble.refund(ground, capture, max(left // 3, 1))


def _withdraw(ground: Ground) -> None:
    """Each week what the balance holds goes to the bank."""
    sums: dict[str, int] = defaultdict(int)
    rows = sorted((entry for entry in ground.every("transaction") if entry.hidden["moved"]), key=lambda one: one.at)
    week = ground.start + 7 * DAY
    for entry in rows:
        while entry.at >= week:
            _to_bank(ground, sums, week - 1)
            week += 7 * DAY
        sums[entry.hidden["currency"]] += entry.hidden["signed"] + entry.hidden["fee"]


def _to_bank(ground: Ground, sums: dict[str, int], at: int) -> None:
    for currency, amount in sorted(sums.items()):
        if amount > 0:
            ground.keep(
                row(ground.new_id("payment"), at, "T0400", -amount, currency, info={"bank_reference_id": "BANK0001"})
            )
            sums[currency] = 0


def _odd(ground: Ground, weeks: int, name: str) -> Json:
    at = ground.end - weeks * 7 * DAY
    made = ground.keep(row(ground.new_id("payment"), at, "T0006", 1_999, "EUR"))
    made.hidden["defect"] = name
    info = made.shown["transaction_info"]
    if name == "unknown_currency":
        info["transaction_amount"]["currency_code"] = "ZZZ"
    else:
        info["transaction_status"] = "W"
    return {"name": name, "object": made.wanted, "is_unreadable": True}
