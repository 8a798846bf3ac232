"""A small world of Stripe objects that change at random: they appear, move to other owners, and are taken away."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from counterfoil.paths import Paths
from tests.warehouse.landed import CREATED, Json, charge, customer, invoice, land, later, line, page, refund

DAY = 86_400


class World:
    """The objects of one account; `step` changes some of them and lands their new versions.

    What no gateway changes stays: which payment intent a charge is of, and which invoice it pays.
    """

    def __init__(self, paths: Paths, seed: int) -> None:
        self._paths = paths
        self._rng = Random(seed)
        self._minute = 0
        self._kinds: dict[str, Callable[[int], Json]] = {
            "charges": self._charge,
            "customers": self._customer,
            "refunds": self._refund,
            "disputes": self._dispute,
            "invoices": self._invoice,
            "invoice_payments": self._invoice_payment,
            "products": self._product,
            "subscriptions": self._subscription,
            "credit_notes": self._credit_note,
            "balance_transactions": self._balance,
            "payouts": self._payout,
        }

    def step(self, changes: int) -> None:
        """Land `changes` new versions, seen one minute after the last step's."""
        self._minute += 1
        for _ in range(changes):
            kind = self._rng.choice([*self._kinds, "charges", "charges", "customers"])
            found = self._kinds[kind](self._rng.randrange(8))
            land(self._paths, kind, page(found), seen_at=later(self._minute))

    def _one_of(self, prefix: str, *, or_none: bool = False) -> str | None:
        return None if or_none and self._rng.random() < 0.3 else f"{prefix}_{self._rng.randrange(8)}"

    def _at(self) -> int:
        return CREATED + self._rng.randrange(6) * DAY // 2

    def _charge(self, number: int) -> Json:
        rng = self._rng
        return charge(
            f"ch_{number}",
            amount=rng.randrange(100, 2_000),
            currency=rng.choice(["eur", "usd"]),
            status=rng.choice(["succeeded", "succeeded", "failed"]),
            customer=self._one_of("cus", or_none=True),
            payment_intent=f"pi_{number}" if number % 3 else None,
            receipt_email=rng.choice([None, "a@example.com", "B@example.com"]),
            billing_details={
                "name": rng.choice([None, "Ann", "Bob"]),
                "address": {"country": rng.choice([None, "FR"])},
            },
            metadata=rng.choice([{}, {"product": "Tea"}]),
            created=self._at(),
        )

    def _customer(self, number: int) -> Json:
        if self._rng.random() < 0.15:
            return {"id": f"cus_{number}", "object": "customer", "deleted": True}
        email = self._rng.choice([None, "a@example.com", "A@example.com", f"{number}@example.com"])
        country = self._rng.choice([None, "DE", "FR"])
        return customer(f"cus_{number}", email=email, name=f"N{self._rng.randrange(3)}", address={"country": country})

    def _refund(self, number: int) -> Json:
        status = self._rng.choice(["succeeded", "pending", "failed"])
        amount = self._rng.randrange(1, 100)
        return refund(f"re_{number}", str(self._one_of("ch")), amount, status=status, created=self._at())

    def _dispute(self, number: int) -> Json:
        known = {"amount": self._rng.randrange(1, 100), "currency": "eur", "charge": self._one_of("ch")}
        status = self._rng.choice(["lost", "won", "under_review"])
        return {"id": f"dp_{number}", "object": "dispute", "status": status, "created": self._at(), **known}

    def _invoice(self, number: int) -> Json:
        month = self._rng.randrange(3)
        lines = [
            line(
                f"il_{number}_{n}",
                self._rng.randrange(1, 900),
                price={"id": "price_1", "product": self._one_of("prod")},
                period={"start": CREATED + month * 31 * DAY, "end": CREATED + (month + 1) * 31 * DAY},
            )
            for n in range(self._rng.randrange(1, 3))
        ]
        status = self._rng.choice(["draft", "open", "paid", "void"])
        return invoice(
            f"in_{number}",
            lines,
            status=status,
            customer=self._one_of("cus"),
            charge=self._one_of("ch", or_none=True),
            subscription=self._one_of("sub", or_none=True),
            created=self._at(),
        )

    def _invoice_payment(self, number: int) -> Json:
        known = {"invoice": f"in_{number * 3 % 8}", "currency": "eur", "status": "paid", "is_default": True}
        paid = {"type": "payment_intent", "payment_intent": f"pi_{number}"}
        return {"id": f"inpay_{number}", "object": "invoice_payment", "payment": paid, "created": self._at(), **known}

    def _product(self, number: int) -> Json:
        name = self._rng.choice(["Tea", "Coffee", "Cake"])
        return {"id": f"prod_{number}", "object": "product", "name": name, "active": True, "created": CREATED}

    def _subscription(self, number: int) -> Json:
        price: Json = {"id": "price_1", "product": self._one_of("prod"), "unit_amount": 500, "currency": "eur"}
        price["recurring"] = {"interval": "month", "interval_count": self._rng.choice([1, 3])}
        items = {"object": "list", "data": [{"id": "si_1", "quantity": 1, "price": price}]}
        known = {"customer": self._one_of("cus"), "items": items, "currency": "eur", "created": self._at()}
        status = self._rng.choice(["active", "canceled"])
        known["start_date"] = known["created"]
        if status == "canceled":
            known["ended_at"] = CREATED + self._rng.randrange(90) * DAY
        return {"id": f"sub_{number}", "object": "subscription", "status": status, "metadata": {}, **known}

    def _credit_note(self, number: int) -> Json:
        money = {"amount": 10, "total": 10, "subtotal": 10, "currency": "eur", "lines": {"data": []}}
        known = {"invoice": self._one_of("in"), "customer": self._one_of("cus", or_none=True), "created": self._at()}
        return {"id": f"cn_{number}", "object": "credit_note", "status": "issued", "metadata": {}, **money, **known}

    def _balance(self, number: int) -> Json:
        amount, fee = self._rng.randrange(100, 900), self._rng.randrange(0, 30)
        source = self._one_of(self._rng.choice(["ch", "re", "dp"]))
        money = {"amount": amount, "fee": fee, "net": amount - fee, "currency": "eur", "source": source}
        kind, category = self._rng.choice(
            [("charge", "charge"), ("adjustment", "dispute_reversal"), ("refund_failure", "refund_failure")]
        )
        known = {"status": "available", "type": kind, "reporting_category": category, "created": self._at()}
        return {"id": f"txn_{number}", "object": "balance_transaction", "available_on": self._at(), **money, **known}

    def _payout(self, number: int) -> Json:
        money = {"amount": self._rng.randrange(100, 900), "currency": "eur", "status": "paid", "automatic": True}
        return {"id": f"po_{number}", "object": "payout", "arrival_date": self._at(), "created": self._at(), **money}
