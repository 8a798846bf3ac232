"""Fresh objects of the stand-in for one test each: accounts, subscriptions in any state, invoices nobody paid."""

from __future__ import annotations

import copy
from typing import Any
from uuid import uuid4

from connectors.actions import ACTIONS, Action
from connectors.gateways.recurly.act import RecurlyActor
from connectors.outcomes import Done, Pending
from sandbox.recurly import shapes
from sandbox.recurly.living import LiveBooks, event, place_of
from sandbox.recurly.periods import months_later
from sandbox.recurly.redemptions import redemption
from sandbox.recurly.scenes import overdue, pay_once
from sandbox.standin.running import Running
from sandbox.standin.store import Change

Json = dict[str, Any]


class Makers:
    """Makes objects in the stand-in's own store."""

    def __init__(self, site: Running) -> None:
        self.store = site.app.store

    def account(self, *, last_four: str = "1111", country: str = "DE") -> Json:
        """An account with a card, of a place with tax."""
        every = self.store.of("account").values()
        like = next(each for each in every if each["address"]["country"] == country and each["state"] == "active")
        change = Change(self.store)
        made = copy.deepcopy(like)
        number = self.store.next_number()
        made.update(id=shapes.new_id("account", "test", number), code=f"test-{number}", vat_number="")
        made["billing_info"].update(id=shapes.new_id("billing", "test", number), account_id=made["id"], vat_number="")
        made["billing_info"]["payment_method"] = {"object": "credit_card", "last_four": last_four, "exp_month": 1}
        change.put("account", made)
        change.commit()
        return made

    def payment(self, account: Json) -> str:
        """Something that the account bought and paid; its transaction."""
        change = Change(self.store)
        made = pay_once(LiveBooks(change), account, place_of(account, "EUR"), self.store.now())
        change.commit()
        return str(made["id"])

    def subscription(self, state: str = "active", coupon: str | None = None, account: Json | None = None) -> str:
        """A monthly one that has just begun."""
        account = account or self.account()
        change, now = Change(self.store), self.store.now()
        plan, wanted = self.plan("northlight-monthly"), LiveBooks(change).new_id("subscription")
        made = shapes.subscription(wanted, account, "EUR", plan, now, (now, months_later(now, 1)), (1, 1_900))
        made["state"] = state
        if state == "paused":
            made.update(paused_at=shapes.iso(now), remaining_pause_cycles=2)
        if coupon:
            one = redemption(f"r{wanted[1:]}", now, account, made, self.coupon(coupon))
            change.put("coupon_redemption", one)
        change.put("subscription", made)
        change.tell(event(made, "subscription", "created", made["created_at"]))
        change.commit()
        return wanted

    def overdue(self) -> str:
        """An invoice that is past due."""
        change = Change(self.store)
        account = change.put("account", self.account())
        made = overdue(LiveBooks(change), account, place_of(account, "EUR"), self.store.now())
        change.commit()
        return str(made["id"])

    def plan(self, code: str) -> Json:
        """A plan by its code."""
        found: Json = next(each for each in self.store.of("plan").values() if each["code"] == code)
        return found

    def coupon(self, code: str) -> Json:
        """A coupon by its code."""
        found: Json = next(each for each in self.store.of("coupon").values() if each["code"] == code)
        return found


def ask(name: str, object_id: str, **more: Any) -> Any:
    """An action of this name with a request id of its own."""
    return ACTIONS[name](
        account="recurly/main", object_id=object_id, reason_code="other", request_id=f"req_{uuid4().hex}", **more
    )


def perform(actor: RecurlyActor, action: Action) -> Done | Pending:
    return actor.perform(action, idempotency_key="x")
