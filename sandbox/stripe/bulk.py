"""Many charges of about 2.5 kB, serialised once and kept in memory: the loopback server of the benchmarks."""

from datetime import UTC, date, datetime
from random import Random

from sandbox.stripe import ids
from sandbox.stripe.clock import Clock, midnight
from sandbox.stripe.shapes import payment
from sandbox.stripe.shapes.method import Instrument, details
from sandbox.stripe.store import Store
from sandbox.stripe.wire import dump

PAID_WITH = Instrument("pm_1Bulk", "card", "visa", "4242", "DE", 3, 2029, "w4XDzQOFakih5EZM")
SECONDS_BETWEEN = 600


def bulk_store(wanted: int, today: date | None = None) -> Store:
    """A store with `wanted` charges, one each ten minutes up to `today`, and nothing else."""
    end = midnight(today or datetime.now(UTC).date())
    store = Store(None, Clock())
    rng = Random(wanted)
    for number in range(wanted):
        created = end - (wanted - number) * SECONDS_BETWEEN
        amount = rng.randrange(100, 90_000)
        charge = payment.charge(ids.make("charge", "bulk", number), created, amount, "eur")
        customer = f"cus_Bulk{number % 5_000:05d}"
        charge.update(
            customer=customer,
            description=f"Order {number} — bulk charge for the benchmark",
            metadata={"order": f"B-{number}", "note": "x" * 200},
            payment_intent=ids.make("payment_intent", "bulk", number),
            payment_method=PAID_WITH.wanted,
            payment_method_details=details(PAID_WITH, amount),
            balance_transaction=ids.make("balance_transaction", "bulk", number),
            receipt_email=f"{customer.lower()}@bulk.example",
        )
        store.remember("charge", (created, number, charge["id"]), dump(charge), charge, {})
    return store
