"""Subscriptions: begun, changed, cancelled. What is refused, in which order, and what is billed at once.

Source: developer.paypal.com/braintree/docs/reference/request/subscription/{create,update,cancel} and its guide
"Manage subscriptions"; recorded answers.
"""

import re
from datetime import date, timedelta

from sandbox.braintree import money
from sandbox.braintree.errors import Refused
from sandbox.braintree.markup import Json, now_text
from sandbox.braintree.modifying import modify
from sandbox.braintree.operation import Outcome, Stored, copy_of
from sandbox.braintree.paying import DEFAULT, MERCHANT_ACCOUNTS, method_called
from sandbox.braintree.payments import paid
from sandbox.braintree.shapes import subscription, subscription_event
from sandbox.braintree.store import Store

PRICED = ("price", "plan_id", "number_of_billing_cycles", "never_expires")
"""What does not change while a payment is past due."""


def create(store: Store, params: Json, _: str) -> Outcome:
    """POST subscriptions: plan_id, payment_method_token, merchant_account_id, id. Billed at once, but for a trial."""
    plan = _plan(store, params)
    method = method_called(store, params.get("payment_method_token", ""))
    if method is None:
        raise _refused("91903", "payment_method_token")
    account = MERCHANT_ACCOUNTS.get(params.get("merchant_account_id") or DEFAULT)
    if account is None:
        raise _refused("91901", "merchant_account_id")
    if account.currency != plan["currency_iso_code"]:
        raise _refused("91923", "plan_id")
    at = now_text(store.clock.now())
    made = subscription(_new_id(store, params), at, plan, method.method["token"], account.wanted)
    made["discounts"] = [dict(each) for each in plan["discounts"]]
    _bound(made, plan["number_of_billing_cycles"])
    if plan["trial_period"]:
        return Outcome("subscription", _on_trial(made, plan))
    made.update(current_billing_cycle=1, paid_through_date=_day(at, plan, -1), next_billing_date=_day(at, plan, 0))
    made.update(billing_period_start_date=at[:10], billing_period_end_date=_day(at, plan, -1))
    first = _bill(store, made, made["next_bill_amount"])
    return Outcome("subscription", made, (first,), "subscription_charged_successfully")


def update(store: Store, params: Json, wanted: str) -> Outcome:
    """PUT subscriptions/{id}: plan_id, price, number_of_billing_cycles, never_expires, discounts, options."""
    found = copy_of(store, "subscription", wanted)
    if found["status"] in ("Canceled", "Expired"):
        raise _refused("81901" if found["status"] == "Canceled" else "81910", "status")
    if found["status"] == "Past Due" and any(name in params for name in PRICED):
        raise _refused("91920", "base")
    before = found["price"]
    plan = store.objects["plan"][found["plan_id"]]
    if "plan_id" in params:
        plan = _other_plan(store, params, plan)
        found["plan_id"] = plan["id"]
    if params.get("price"):
        found["price"] = _price(params["price"], plan["currency_iso_code"])
    _set_cycles(found, params)
    modify(store, found, params)
    at = now_text(store.clock.now())
    found.update(updated_at=at, **_next_amounts(found, plan["currency_iso_code"]))
    found["status_history"].insert(0, subscription_event(found["status"], at, {**plan, "price": found["price"]}))
    options = params.get("options") or {}
    billed = _prorated(store, found, before, plan) if options.get("prorate_charges") == "true" else ()
    return Outcome("subscription", found, billed)


def cancel(store: Store, _: Json, wanted: str) -> Outcome:
    """PUT subscriptions/{id}/cancel."""
    found = copy_of(store, "subscription", wanted)
    if found["status"] in ("Canceled", "Expired"):
        raise _refused("81905", "status")
    at = now_text(store.clock.now())
    found.update(status="Canceled", updated_at=at)
    found["status_history"].insert(0, subscription_event("Canceled", at, store.objects["plan"][found["plan_id"]]))
    return Outcome("subscription", found, (), "subscription_canceled")


def _refused(code: str, attribute: str) -> Refused:
    return Refused(code, attribute, "subscription")


def _plan(store: Store, params: Json) -> Json:
    found = store.objects["plan"].get(params.get("plan_id", ""))
    if found is None:
        raise _refused("91904", "plan_id")
    return found


def _other_plan(store: Store, params: Json, current: Json) -> Json:
    plan = _plan(store, params)
    if plan["billing_frequency"] != current["billing_frequency"]:
        raise _refused("91922", "plan_id")
    if plan["currency_iso_code"] != current["currency_iso_code"]:
        raise _refused("91923", "plan_id")
    return plan


def _new_id(store: Store, params: Json) -> str:
    wanted = params.get("id") or store.new_id()
    if not re.fullmatch(r"[A-Za-z0-9_-]+", wanted):
        raise _refused("81906", "id")
    if wanted in store.objects["subscription"]:
        raise _refused("81902", "id")
    return str(wanted)


def _price(text: str, currency: str) -> str:
    try:
        amount = money.minor(text, currency)
    except money.NoAmount:
        amount = -1
    if amount < 0:
        raise _refused("81904", "price")
    return money.written(amount, currency)


def _set_cycles(found: Json, params: Json) -> None:
    wanted = params.get("number_of_billing_cycles")
    if params.get("never_expires") == "true":
        if wanted:
            raise _refused("91908", "number_of_billing_cycles")
        _bound(found, None)
    elif wanted:
        if not wanted.isdecimal():
            raise _refused("91906", "number_of_billing_cycles")
        if int(wanted) == 0:
            raise _refused("91907", "number_of_billing_cycles")
        if int(wanted) < found["current_billing_cycle"]:
            raise _refused("91909", "number_of_billing_cycles")
        _bound(found, int(wanted))


def _bound(made: Json, cycles: int | None) -> None:
    made.update(number_of_billing_cycles=cycles, never_expires=cycles is None)


def _on_trial(made: Json, plan: Json) -> Json:
    unit = 30 if plan["trial_duration_unit"] == "month" else 1
    first = (date.fromisoformat(made["created_at"][:10]) + timedelta(unit * plan["trial_duration"])).isoformat()
    made.update(trial_period=True, trial_duration=plan["trial_duration"], first_billing_date=first)
    made.update(trial_duration_unit=plan["trial_duration_unit"], next_billing_date=first)
    return made


def _day(at: str, plan: Json, days: int) -> str:
    year, month, day = int(at[:4]), int(at[5:7]), int(at[8:10])
    years, month = divmod(month - 1 + plan["billing_frequency"], 12)
    return (date(year + years, month + 1, min(day, 28)) + timedelta(days)).isoformat()


def _next_amounts(found: Json, currency: str) -> Json:
    exact = money.minor(found["price"], currency)
    exact += sum(money.minor(each["amount"], currency) * each["quantity"] for each in found["add_ons"])
    exact -= sum(money.minor(each["amount"], currency) * each["quantity"] for each in found["discounts"])
    text = money.written(max(exact, 0), currency)
    return {"next_bill_amount": text, "next_billing_period_amount": text}


def _bill(store: Store, made: Json, text: str) -> Stored:
    """Take a payment of a subscription at once. Raises Refused where it is declined; then nothing changes."""
    method = method_called(store, made["payment_method_token"])
    if method is None:
        raise _refused("91903", "payment_method_token")
    period = {name: made[name] for name in ("billing_period_start_date", "billing_period_end_date")}
    named = {"subscription_id": made["id"], "plan_id": made["plan_id"], "recurring": True, "subscription": period}
    sale = paid(store, method, text, made["merchant_account_id"], True, named)
    if sale["status"] == "processor_declined":
        raise Refused("", declined=sale, is_kept=True)
    made["transactions"] = [sale, *made["transactions"]][:20]
    return "transaction", sale


def _prorated(store: Store, found: Json, before: str, plan: Json) -> tuple[Stored, ...]:
    """The difference for the rest of the period: charged at once, or put to the balance where it is the customer's."""
    currency = plan["currency_iso_code"]
    begun, ends = (found[f"billing_period_{edge}_date"] for edge in ("start", "end"))
    if begun is None:
        return ()
    today = date.fromisoformat(found["updated_at"][:10])
    whole = (date.fromisoformat(ends) - date.fromisoformat(begun)).days + 1
    rest = min(max((date.fromisoformat(ends) - today).days + 1, 0), whole)
    difference = (money.minor(found["price"], currency) - money.minor(before, currency)) * rest // whole
    if difference > 0:
        return (_bill(store, found, money.written(difference, currency)),)
    found["balance"] = money.written(money.minor(found["balance"], currency) + difference, currency)
    return ()
