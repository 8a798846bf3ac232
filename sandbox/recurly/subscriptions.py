"""Subscriptions while the site lives: begun, changed, paused, cancelled and ended."""

from sandbox.recurly import bodies, refunds, shapes
from sandbox.recurly.billing import Item
from sandbox.recurly.errors import invalid, not_found
from sandbox.recurly.living import LiveBooks, account_by_code, charge, collect, event
from sandbox.recurly.money import major, minor, share
from sandbox.recurly.periods import months_later, seconds
from sandbox.standin.messages import Json
from sandbox.standin.store import Change, Store

CREATE = "account plan_id plan_code currency quantity customer_notes collection_method"
CHANGE = "plan_id plan_code timeframe quantity collection_method"


def create(store: Store, body: bytes) -> Json:
    """POST /subscriptions: begins and charges the first period."""
    sent = bodies.read(body, CREATE)
    change = Change(store)
    account, plan = account_by_code(change, sent.get("account")), _plan(store, sent)
    currency, quantity = bodies.text(sent, "currency"), bodies.whole(sent, "quantity", 1)
    unit = _unit(plan, currency)
    books, now = LiveBooks(change), store.now()
    period = (now, months_later(now, plan["interval_length"]))
    made = shapes.subscription(
        books.new_id("subscription"), account, currency, plan, now, period, (quantity, minor(unit, currency))
    )
    made["customer_notes"] = str(sent.get("customer_notes") or "")
    _bill(books, account, made, plan, "purchase")
    change.put("account", {**account, "has_live_subscription": True, "updated_at": shapes.iso(now)})
    return _kept(change, made, "created")


def cancel(store: Store, wanted: str, body: bytes) -> Json:
    """PUT …/cancel: it runs on to the end of its period."""
    sent = bodies.read(body, "timeframe")
    if sent.get("timeframe", "term_end") not in ("bill_date", "term_end"):
        raise invalid("Timeframe is not included in the list", "timeframe")
    change, found = _found(store, wanted)
    if found["state"] not in ("active", "future"):
        raise invalid("Only active and future subscriptions can be canceled", "subscription_id")
    now = shapes.iso(store.now())
    if found["state"] == "future":
        found.update(state="failed")
    else:
        found.update(state="canceled", canceled_at=now, expires_at=found["current_period_ends_at"])
    return _kept(change, found, "canceled")


def reactivate(store: Store, wanted: str, body: bytes) -> Json:
    """PUT …/reactivate."""
    bodies.read(body, "")
    change, found = _found(store, wanted)
    if found["state"] != "canceled":
        raise invalid("Only canceled subscriptions can be reactivated", "subscription_id")
    for name in ("canceled_at", "expires_at"):
        found.pop(name, None)
    found["state"] = "active"
    return _kept(change, found, "reactivated")


def pause(store: Store, wanted: str, body: bytes) -> Json:
    """PUT …/pause: from the next bill on; 0 cycles take a pause back that is still to come."""
    cycles = bodies.whole(bodies.read(body, "remaining_pause_cycles"), "remaining_pause_cycles")
    change, found = _found(store, wanted)
    if found["state"] not in ("active", "paused"):
        raise invalid(f"Unable to pause {found['state']} subscription", "subscription_id")
    if cycles == 0:
        found["state"] = "active"
        found.pop("paused_at", None)
        found.pop("remaining_pause_cycles", None)
    else:
        found.setdefault("paused_at", found["current_period_ends_at"])
        found["remaining_pause_cycles"] = cycles
    return _kept(change, found, "paused")


def resume(store: Store, wanted: str, body: bytes) -> Json:
    """PUT …/resume: active at once, and billed."""
    bodies.read(body, "")
    change, found = _found(store, wanted)
    if found["state"] != "paused":
        raise invalid(f"Unable to resume {found['state']} subscription", "subscription_id")
    account, plan = store.of("account")[found["account"]["id"]], store.of("plan")[found["plan"]["id"]]
    now = store.now()
    found.update(state="active", current_period_started_at=shapes.iso(now))
    found["current_period_ends_at"] = shapes.iso(months_later(now, plan["interval_length"]))
    for name in ("paused_at", "remaining_pause_cycles"):
        found.pop(name, None)
    _bill(LiveBooks(change), account, found, plan, "renewal")
    return _kept(change, found, "resumed")


def terminate(store: Store, wanted: str, refund: str) -> Json:
    """DELETE: ended now; a part of the last invoice, all of it or nothing is given back."""
    if refund not in ("full", "none", "partial"):
        raise invalid("Please provide valid values for these parameters: refund.", "refund")
    change, found = _found(store, wanted)
    if found["state"] in ("expired", "failed"):
        raise invalid("Cannot expire an inactive subscription.", "subscription_id")
    last = _last_invoice(store, wanted)
    if refund != "none" and last is not None:
        left = minor(last["refundable_amount"], last["currency"])
        start, end = seconds(found["current_period_started_at"]), seconds(found["current_period_ends_at"])
        rest = share(minor(last["total"], last["currency"]), max(0, end - store.now()), end - start)
        amount = left if refund == "full" else min(left, rest)
        if amount > 0:
            refunds.stage(change, last["id"], amount, {})
    now = shapes.iso(store.now())
    found.update(state="expired", expires_at=now, canceled_at=found.get("canceled_at", now))
    return _kept(change, found, "expired")


def modify(store: Store, wanted: str, body: bytes) -> Json | None:
    """POST …/change: the plan changes now, or with the next bill; None where a change to come is taken back."""
    sent = bodies.read(body, CHANGE)
    if sent.get("timeframe", "now") not in ("bill_date", "now", "renewal", "term_end"):
        raise invalid("Timeframe is not included in the list", "timeframe")
    change, found = _found(store, wanted)
    if found["state"] not in ("active", "paused"):
        raise invalid(f"A {found['state']} subscription cannot be changed", "subscription_id")
    plan, quantity = _plan(store, sent), bodies.whole(sent, "quantity", 1)
    if (plan["id"], quantity) == (found["plan"]["id"], found["quantity"]):
        if found.pop("pending_change", None) is None:
            raise invalid("Subscription hasn't been changed", "plan_id")
        _kept(change, found, "modified")
        return None
    made = _change(change, found, plan, quantity)
    if sent.get("timeframe", "now") == "now":
        made.update(activated=True, activate_at=made["created_at"])
        _apply(change, found, plan, quantity)
    else:
        found["pending_change"] = made
    _kept(change, found, "modified")
    return made


def _apply(change: Change, found: Json, plan: Json, quantity: int) -> None:
    """An upgrade is billed for the rest of the period; a downgrade gives nothing back here."""
    store, currency = change.store, found["currency"]
    unit = minor(_unit(plan, currency), currency)
    more = unit * quantity - minor(found["unit_amount"], currency) * found["quantity"]
    start, end = seconds(found["current_period_started_at"]), seconds(found["current_period_ends_at"])
    rest = share(max(0, more), max(0, end - store.now()), end - start)
    account = store.of("account")[found["account"]["id"]]
    found.pop("pending_change", None)
    found.update(plan=shapes.plan_mini(plan), quantity=quantity, unit_amount=major(unit, currency))
    found["subtotal"] = major(unit * quantity, currency)
    if rest > 0:
        books = LiveBooks(change)
        items = [Item(f"Change to {plan['name']}", 1, rest, {"subscription_id": found["id"], "origin": "plan"})]
        _paid(books, account, found, items, "immediate_change")


def _change(change: Change, found: Json, plan: Json, quantity: int) -> Json:
    return {
        "id": shapes.new_id("change", "live", change.store.next_number()),
        "object": "subscription_change",
        "subscription_id": found["id"],
        "plan": shapes.plan_mini(plan),
        "quantity": quantity,
        "unit_amount": _unit(plan, found["currency"]),
        "activated": False,
        "activate_at": found["current_period_ends_at"],
        **shapes.times(change.store.now()),
    }


def _bill(books: LiveBooks, account: Json, subscription: Json, plan: Json, origin: str) -> None:
    more = {"subscription_id": subscription["id"], "plan_id": plan["id"], "plan_code": plan["code"], "origin": "plan"}
    more |= {"start_date": subscription["current_period_started_at"]}
    more |= {"end_date": subscription["current_period_ends_at"]}
    unit = minor(subscription["unit_amount"], subscription["currency"])
    _paid(books, account, subscription, [Item(plan["name"], subscription["quantity"], unit, more)], origin)


def _paid(books: LiveBooks, account: Json, subscription: Json, items: list[Item], origin: str) -> None:
    notes = subscription.get("customer_notes", "")
    invoice = charge(books, account, subscription["currency"], items, notes=notes, origin=origin)
    invoice["subscription_ids"] = [subscription["id"]]
    collect(books, account, invoice)
    books.change.tell(event(invoice, "charge_invoice", "created", invoice["created_at"]))


def _found(store: Store, wanted: str) -> tuple[Change, Json]:
    change = Change(store)
    found = change.get("subscription", wanted)
    if found is None:
        raise not_found("subscription", wanted)
    return change, found


def _plan(store: Store, sent: Json) -> Json:
    code, wanted = sent.get("plan_code"), sent.get("plan_id")
    for plan in store.of("plan").values():
        if plan["id"] == wanted or (wanted is None and plan["code"] == code):
            return plan
    raise not_found("plan", str(wanted or code))


def _unit(plan: Json, currency: str) -> float:
    for price in plan["currencies"]:
        if price["currency"] == currency:
            unit: float = price["unit_amount"]
            return unit
    raise invalid("Currency is not supported by the plan", "currency")


def _last_invoice(store: Store, wanted: str) -> Json | None:
    every = store.of("invoice").values()
    mine = [one for one in every if one["type"] == "charge" and wanted in one["subscription_ids"]]
    paid = [one for one in mine if one["state"] == "paid"]
    return max(paid, key=lambda one: str(one["created_at"]), default=None)


def _kept(change: Change, found: Json, name: str) -> Json:
    now = shapes.iso(change.store.now())
    found["updated_at"] = now
    change.put("subscription", found)
    change.tell(event(found, "subscription", name, now))
    change.commit()
    return found
