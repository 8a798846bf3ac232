"""The whole account, grown in one go."""

from dataclasses import dataclass
from random import Random

from sandbox.stripe.clock import midnight
from sandbox.stripe.periods import months_later
from sandbox.stripe.seed import trouble
from sandbox.stripe.seed.contracts import subscribe
from sandbox.stripe.seed.counter import invoice_by_hand, sell
from sandbox.stripe.seed.flaws import Planted, plant_after_payouts, plant_before_payouts
from sandbox.stripe.seed.goods import goods
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.seed.happenings import tell
from sandbox.stripe.seed.payouts import gateway_fees, pay_out
from sandbox.stripe.seed.people import Person, people
from sandbox.stripe.seed.work import lay_out
from sandbox.stripe.settings import Scope
from sandbox.stripe.wire import Json


@dataclass(frozen=True)
class Size:
    """How many of each."""

    customers: int
    subscriptions: int
    invoices: int
    sales: int
    disputes: int
    deleted: int


SIZES = {
    "full": Size(400, 330, 900, 420, 36, 4),
    "small": Size(30, 12, 45, 45, 5, 1),
    "tiny": Size(15, 5, 20, 20, 3, 1),
}


@dataclass(frozen=True)
class Grown:
    """Rows for the store, oldest first, and the planted defects by name."""

    rows: list[tuple[str, Json, Json]]
    defects: Planted


def grow(scope: Scope) -> Grown:
    """A year (or `scope.months`) of life, the same for the same scope."""
    size = SIZES[scope.scale]
    end = midnight(scope.today)
    rng = Random(f"{scope.seed}/{scope.scale}/{scope.months}")
    ground = Ground(str(scope.seed), months_later(end, -scope.months), end, rng)
    catalogue = goods(ground)
    everybody = people(ground, size.customers)
    for number in range(size.subscriptions):
        subscribe(ground, catalogue, everybody[number * 7 % len(everybody)], number)
    for _ in range(size.invoices):
        invoice_by_hand(ground, catalogue, rng.choice(everybody))
    for number in range(size.sales):
        sell(ground, catalogue, rng.choice(everybody), number)
    _give_back(ground, size)
    trouble.leave_open(ground)
    planted = plant_before_payouts(ground, catalogue, everybody)
    gateway_fees(ground)
    pay_out(ground)
    planted += plant_after_payouts(ground)
    lay_out(ground, catalogue, everybody)
    tell(ground)
    for person in everybody[-size.deleted :]:
        _delete(person)
    rows = sorted(ground.rows, key=lambda row: int(row[1].get("created", 0)))
    return Grown(rows, planted)


def _give_back(ground: Ground, size: Size) -> None:
    taken = [charge for charge in ground.every("charge") if charge["captured"]]
    ground.rng.shuffle(taken)
    cards = [charge for charge in taken if charge["payment_method_details"]["type"] == "card"]
    for number, charge in enumerate(cards[: size.disputes]):
        trouble.dispute(ground, charge, number)
    rest = [charge for charge in taken if not charge["disputed"]]
    invoices = {invoice["id"]: invoice for invoice in ground.every("invoice")}
    intents = {intent["id"]: intent for intent in ground.every("payment_intent")}
    share = len(rest) // 25
    for number, charge in enumerate(rest[:share]):
        made = trouble.refund(ground, charge, charge["amount"], _soon(ground, charge))
        order = intents[charge["payment_intent"]]["payment_details"]["order_reference"]
        if number % 4 == 0 and order is not None:
            trouble.credit(ground, invoices[order], made)
    for number, charge in enumerate(rest[share : 2 * share]):
        for _ in range(1 + number % 2):
            made = trouble.refund(ground, charge, trouble.part_of(ground, charge), _soon(ground, charge))
        if number % 15 == 3:
            trouble.bounce(ground, charge, made, ground.hours_later(made["created"], 4))


def _soon(ground: Ground, charge: Json) -> int:
    return ground.hours_later(charge["created"], ground.rng.randrange(1, 30))


def _delete(person: Person) -> None:
    customer = person.customer
    person.method["customer"] = None
    kept = {"id": customer["id"], "object": "customer", "deleted": True}
    customer.clear()
    customer.update(kept)
