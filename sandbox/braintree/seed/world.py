"""The whole account, grown in one go."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from sandbox.braintree.markup import Json
from sandbox.braintree.money import minor, written
from sandbox.braintree.seed.extras import extras
from sandbox.braintree.seed.ground import DAY, Ground
from sandbox.braintree.seed.people import Person, people
from sandbox.braintree.seed.sales import contest, part_of, price, refund, sell
from sandbox.braintree.shapes import modification, plan, subscription, subscription_event
from sandbox.stripe.clock import midnight
from sandbox.stripe.settings import Scope


@dataclass(frozen=True)
class Size:
    """How many of each."""

    customers: int
    sales: int
    subscriptions: int
    disputes: int


SIZES = {"full": Size(160, 1_500, 90, 18), "small": Size(32, 70, 12, 5), "tiny": Size(12, 25, 3, 3)}
PRICES = {"eur": "12.00", "usd": "14.00", "gbp": "11.00", "jpy": "1500", "kwd": "4.500"}
ENDS = {5: "processor_declined", 11: "gateway_rejected", 17: "voided", 19: "settlement_declined", 23: "authorized"}
"""Of each 25 sales, those that do not settle."""


def grow(scope: Scope) -> list[tuple[str, Json]]:
    """A year (or `scope.months`) of life, the same for the same scope; oldest first."""
    size = SIZES[scope.scale]
    end = midnight(scope.today)
    start = end - scope.months * 30 * DAY
    ground = Ground(Random(f"braintree/{scope.seed}/{scope.scale}/{scope.months}"), start, end)
    plans = _plans(ground)
    everybody = people(ground, size.customers)
    for number in range(size.subscriptions):
        person = everybody[number * 5 % len(everybody)]
        _subscribe(ground, plans[person.place.currency, 12 if number % 9 == 4 else 1], person, number)
    for number in range(size.sales):
        person = everybody[number] if number < len(everybody) else ground.rng.choice(everybody)
        when = ground.moment(start, end - 5 * 3_600)
        if number % 10 == 9 or number % 50 == 23:
            when = ground.moment(end - 5 * DAY, end - 3_600)
        sell(
            ground, person, number, when, price(ground, person.place.currency.upper()), ENDS.get(number % 25, "settled")
        )
    _give_back(ground, size)
    extras(ground, size.customers, plans)
    return sorted(ground.rows, key=lambda row: str(row[1].get("created_at")))


def _plans(ground: Ground) -> dict[tuple[str, int], Json]:
    at = ground.text(ground.start - 300 * DAY)
    ground.add("add_on", modification("support", at, "add_on", "Priority support", "5.00"))
    ground.add("discount", modification("loyal", at, "discount", "Loyalty", "2.00"))
    made = {}
    for currency, monthly in PRICES.items():
        for months, name in ((1, "monthly"), (12, "yearly")):
            text = monthly if months == 1 else written(10 * minor(monthly, currency.upper()), currency.upper())
            wanted = f"membership-{name}-{currency}"
            found = plan(wanted, at, f"Membership, {name}", text, currency.upper(), months)
            made[currency, months] = ground.add("plan", found)
    return made


def _subscribe(ground: Ground, chosen: Json, person: Person, number: int) -> None:
    begun = ground.moment(ground.start, ground.end - 40 * DAY)
    token = person.method["token"]
    made = subscription(ground.new_id(), ground.text(begun), chosen, token, person.merchant_account)
    if number % 8 == 3:
        made["discounts"] = [
            {"id": "loyal", "amount": "2.00", "kind": "discount", "quantity": 1, "never_expires": True}
        ]
    stop = begun + ground.rng.randrange(50, 200) * DAY if number % 6 == 2 else ground.end
    cycle = 0
    while (due := _months_later(begun, cycle * chosen["billing_frequency"])) < min(stop, ground.end - 3_600):
        _bill(ground, person, chosen, made, due, cycle)
        cycle += 1
    if stop < ground.end:
        made.update(status="Canceled", updated_at=ground.text(stop))
        made["status_history"].insert(0, subscription_event("Canceled", ground.text(stop), chosen))
    elif number % 11 == 7:
        made.update(status="Past Due", days_past_due=3, failure_count=1, balance=chosen["price"])
    ground.add("subscription", made)


def _bill(ground: Ground, person: Person, chosen: Json, made: Json, due: int, cycle: int) -> None:
    amount = minor(chosen["price"], chosen["currency_iso_code"])
    paid = sell(ground, person, 90_000 + len(ground.rows), due, amount)
    last = _months_later(due, chosen["billing_frequency"])
    period = {"billing_period_start_date": _day(due), "billing_period_end_date": _day(last - DAY)}
    paid.update(subscription_id=made["id"], plan_id=chosen["id"], recurring=True, subscription=period)
    made.update(current_billing_cycle=cycle + 1, next_billing_date=_day(last), paid_through_date=_day(last - DAY))
    made.update(period)
    made["updated_at"] = ground.text(due)
    # Braintree shows the newest twenty of them, whole.
    made["transactions"] = [paid, *made["transactions"]][:20]


def _give_back(ground: Ground, size: Size) -> None:
    taken = [obj for kind, obj in ground.rows if kind == "transaction" and obj["status"] == "settled"]
    ground.rng.shuffle(taken)
    for number, sale in enumerate(taken[: size.disputes]):
        contest(ground, sale, number, _later(ground, sale, 20))
    share = max(4, len(taken) // 25)
    for number, sale in enumerate(taken[size.disputes : size.disputes + share]):
        whole = minor(sale["amount"], sale["currency_iso_code"])
        refund(ground, sale, whole, _later(ground, sale, 10), "failed" if number % 12 == 5 else "settled")
    for sale in taken[size.disputes + share : size.disputes + 2 * share]:
        for _ in range(ground.rng.choice([1, 2])):
            refund(ground, sale, part_of(ground, sale), _later(ground, sale, 20))


def _later(ground: Ground, sale: Json, days: int) -> int:
    settled = datetime.strptime(sale["updated_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    return min(int(settled) + ground.rng.randrange(1, days) * DAY, ground.end - 7_200)


def _months_later(when: int, months: int) -> int:
    at = datetime.fromtimestamp(when, UTC)
    years, month = divmod(at.month - 1 + months, 12)
    day = min(at.day, monthrange(at.year + years, month + 1)[1])
    return int(at.replace(year=at.year + years, month=month + 1, day=day).timestamp())


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
