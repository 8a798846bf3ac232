"""Weekly payouts per currency: on Mondays, everything available that no payout has taken."""

from datetime import UTC, datetime

from sandbox.stripe.clock import DAY
from sandbox.stripe.money import EXPONENTS
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.shapes import ledger
from sandbox.stripe.wire import Json


def gateway_fees(ground: Ground) -> None:
    """What the gateway takes for its billing software, on the first of each month, in euros."""
    for when in range(ground.start, ground.end, DAY):
        if datetime.fromtimestamp(when, UTC).day == 1:
            wanted = ground.new_id("balance_transaction")
            fee = -ground.rng.randrange(900, 4_000)
            line = ledger.balance_transaction(wanted, when + 5_400, "stripe_fee", fee, 0, "eur")
            line["description"] = "Billing - Usage Fee"
            ground.add("balance_transaction", line)


def pay_out(ground: Ground) -> None:
    """Make the payouts, and note beside each ledger line which one took it."""
    rows = [(obj, hidden) for kind, obj, hidden in ground.rows if kind == "balance_transaction"]
    for currency in EXPONENTS:
        waiting = sorted((row for row in rows if row[0]["currency"] == currency), key=lambda row: _due(row[0]))
        for monday in _mondays(ground):
            ready = [row for row in waiting if _due(row[0]) <= monday]
            amount = sum(line["net"] for line, _ in ready)
            if amount > 0:
                _payout(ground, monday, amount, currency, ready)
                waiting = waiting[len(ready) :]


def _due(line: Json) -> int:
    return max(int(line["available_on"]), int(line["created"]))


def _payout(ground: Ground, when: int, amount: int, currency: str, lines: list[tuple[Json, Json]]) -> None:
    arrival = when - when % DAY + 2 * DAY
    made = ledger.payout(ground.new_id("payout"), when, amount, currency, arrival_date=arrival)
    made["status"] = "paid" if arrival < ground.end else "in_transit"
    wanted = ground.new_id("balance_transaction")
    own = ledger.balance_transaction(wanted, when, "payout", -amount, 0, currency)
    own.update(source=made["id"], description="STRIPE PAYOUT", available_on=arrival)
    made["balance_transaction"] = own["id"]
    ground.add("payout", made)
    ground.rows.append(("balance_transaction", own, {"payout": made["id"]}))
    for _, hidden in lines:
        hidden["payout"] = made["id"]


def _mondays(ground: Ground) -> list[int]:
    days = range(ground.start, ground.end, DAY)
    return [day + 2 * 3_600 for day in days if datetime.fromtimestamp(day, UTC).weekday() == 0]
