"""What an action on a subscription would do."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

import connectors.actions as kinds
from connectors.actions import Action
from connectors.money import Money
from dashboards.choices import coupon_named, price_named
from dashboards.service import Service
from dashboards.subjects import Subject
from dashboards.written import money
from warehouse.reads.offered_prices import Price
from warehouse.reads.subscriptions import Subscription

NOTHING_MOVES = Markup("No money moves by it now.")
NO_MONEY_BACK = Markup("Nothing is given back by it; a refund is an action of its own.")


def consequences(service: Service, subject: Subject, now: Subscription, action: Action) -> list[Markup]:
    """The sentences; empty for actions on other kinds of objects."""
    match action:
        case kinds.CancelSubscription():
            return _cancel(service, now, action)
        case kinds.ChangePlan():
            return _change_plan(service, now, action)
        case kinds.PauseSubscription():
            return [Markup("{} is collected for it until it is resumed.").format(_no_longer(now)), NO_MONEY_BACK]
        case kinds.ResumeSubscription():
            return _resume(subject, now)
        case kinds.ApplyCoupon():
            return _apply_coupon(service, now, action)
        case kinds.RemoveCoupon():
            before = Markup("Whether it has a discount is read at the gateway when this is carried out.")
            return [Markup("Its discounts end: from the next invoice on {}.").format(_full(now)), before]
    return []


def _cancel(service: Service, now: Subscription, action: kinds.CancelSubscription) -> list[Markup]:
    if action.at_period_end:
        ends = _day(service, now.current_period_end_at)
        return [
            Markup("It runs on{} and then ends; {} is not taken any more.").format(
                Markup(" until <b>{}</b>").format(ends) if ends else " until the paid period ends", _costs(now)
            ),
            Markup("Until then it can be taken back with Resume."),
            NO_MONEY_BACK,
        ]
    unused = "The unused part is credited: the gateway counts how much." if action.is_prorated else NO_MONEY_BACK
    return [
        Markup("It <b>ends at once</b>; {} is not taken any more. It cannot be taken back.").format(_costs(now)),
        Markup("{}").format(unused),
    ]


def _change_plan(service: Service, now: Subscription, action: kinds.ChangePlan) -> list[Markup]:
    new = price_named(service, now.account, action.price_id)
    lines = [Markup("From {} to <b>{}</b>.").format(_what(now), new.words if new else action.price_id)]
    cost = _new_cost(now, new)
    if cost is not None and now.amount is not None and cost.currency != now.amount.currency:
        mistake = Markup("The new price is in {}, the subscription in {}: most gateways refuse that.")
        lines.append(mistake.format(cost.currency, now.amount.currency))
    elif cost is not None and now.amount is not None:
        lines.append(_difference(cost - now.amount))
    if action.is_prorated:
        lines.append(Markup("The rest of the running period is counted day by day: the gateway tells how much."))
    else:
        lines.append(Markup("The new price counts from the next invoice on; the running period stays as it is."))
    return [*lines, Markup("Tax comes on top or is within it as the gateway’s settings say; its next invoice tells.")]


def _new_cost(now: Subscription, new: Price | None) -> Money | None:
    if new is None or new.amount is None:
        return None
    return Money(new.amount.minor * now.quantity, new.amount.currency)


def _difference(more: Money) -> Markup:
    if more.minor == 0:
        return Markup("It costs the same.")
    return Markup("It costs {} {} each time.").format(
        money(more if more.minor > 0 else -more), "more" if more.minor > 0 else "less"
    )


def _resume(subject: Subject, now: Subscription) -> list[Markup]:
    is_paused = bool(getattr(subject.state, "is_paused", False))
    what = "The pause ends" if is_paused else "The cancellation is taken back"
    return [Markup("{}: {} is collected again when it is next due.").format(what, _costs(now)), NOTHING_MOVES]


def _apply_coupon(service: Service, now: Subscription, action: kinds.ApplyCoupon) -> list[Markup]:
    coupon = coupon_named(service, now.account, action.coupon_id)
    lines = [
        Markup("<b>{}</b> counts from the next invoice on; without it {}.").format(
            coupon.words if coupon else action.coupon_id, _full(now)
        )
    ]
    if coupon and coupon.amount_off and now.amount and coupon.amount_off.currency != now.amount.currency:
        mistake = Markup("The coupon is in {}, the subscription in {}: most gateways refuse that.")
        lines.append(mistake.format(coupon.amount_off.currency, now.amount.currency))
    return [*lines, NOTHING_MOVES]


def _what(now: Subscription) -> str:
    name = now.product_name or now.price_id or "the present price"
    return f"{name}, {now.amount} {now.every}" if now.amount else name


def _costs(now: Subscription) -> Markup:
    return Markup("{} {}").format(money(now.amount), now.every) if now.amount else Markup("its price")


def _no_longer(now: Subscription) -> Markup:
    return Markup("None of the {} {}").format(money(now.amount), now.every) if now.amount else Markup("Nothing")


def _full(now: Subscription) -> Markup:
    return Markup("it costs {} {}").format(money(now.amount), now.every) if now.amount else Markup("it costs its price")


def _day(service: Service, at: datetime | None) -> str:
    return f"{at.astimezone(service.settings.zone):%Y-%m-%d}" if at else ""
