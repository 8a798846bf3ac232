"""A charge in plain words, as a customer may read them: what for, for which time, why so much, and how it is named on
the statement. Only what is known is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.money import Money
from dashboards.panel.saying import Message, Speaker, marked
from warehouse.reads.explained import Explained, Line

_TRIGGERS: dict[str, Message] = {
    "subscription_create": marked("It began your subscription to {product}."),
    "purchase": marked("It began your subscription to {product}."),
    "subscription_cycle": marked("It is the renewal of your subscription to {product}."),
    "renewal": marked("It is the renewal of your subscription to {product}."),
    "subscription_update": marked("It settles a change of your subscription to {product}."),
    "immediate_change": marked("It settles a change of your subscription to {product}."),
    "subscription_threshold": marked("Your use of {product} reached the amount at which it is billed."),
    "usage_correction": marked("It corrects what was billed for your use of {product}."),
}
"""The gateways' words for what made an invoice."""
_TAKEN: dict[str, Message] = {
    "succeeded": marked("On {day} we charged {amount} to {means}."),
    "pending": marked("On {day} we asked for {amount} from {means}; the bank has not confirmed it yet."),
    "authorized": marked("On {day} {amount} were reserved on {means}; no money was taken yet."),
    "voided": marked("On {day} {amount} were reserved on {means} and released again; no money was taken."),
    "failed": marked("On {day} we tried to charge {amount} to {means}, and it did not go through; no money was taken."),
}
_NO_MEANS = marked("your payment method")
_MEANS = marked("your {means}")
_SINGLE = marked("It was a single payment for {product}.")
_INVOICE = marked("It paid the invoice {number}.")
_OTHER = marked("It was for: {words}.")
_PERIOD = marked("{product}: {amount} for the time from {since} to {until}.")
_AMOUNT = marked("{product}: {amount}.")
_UNUSED = marked("{product}: {amount} taken off, paid for the time from {since} to {until} and not used.")
_REST = marked("{product}: {amount} for the rest of the period, from {since} to {until}.")
_DISCOUNT = marked("A discount of {amount} was taken off.")
_TAX = marked("It includes {tax}: {amount}.")
_STATEMENT = marked("On your statement it is named “{descriptor}”.")
_REFUNDED = marked("{amount} of it were given back to you.")
_ALL_REFUNDED = marked("All of it was given back to you.")
_DISPUTED = marked("The payment was disputed with the bank, which decides about it.")


def sentences(found: Explained, speaker: Speaker) -> list[str]:
    """The explanation, one sentence a line."""
    return [*_what_happened(found, speaker), *_why(found, speaker), *_how_much(found, speaker), *_since(found, speaker)]


def _what_happened(found: Explained, speaker: Speaker) -> Iterator[str]:
    charge = found.charge
    means = speaker.say(_MEANS, means=charge.means) if charge.means else speaker.say(_NO_MEANS)
    message = _TAKEN.get(charge.status, _TAKEN["pending"])
    yield speaker.say(message, day=charge.created_at, amount=charge.amount, means=means)


def _why(found: Explained, speaker: Speaker) -> Iterator[str]:
    product = _product(found)
    trigger = _TRIGGERS.get(found.billing_reason or "")
    if trigger and product:
        yield speaker.say(trigger, product=product)
    elif product and not found.number:
        yield speaker.say(_SINGLE, product=product)
    elif found.charge.description and not found.number:
        yield speaker.say(_OTHER, words=found.charge.description)
    if found.number:
        yield speaker.say(_INVOICE, number=found.number)


def _how_much(found: Explained, speaker: Speaker) -> Iterator[str]:
    for line in found.lines:
        yield _line(line, speaker)
    if found.discount:
        yield speaker.say(_DISCOUNT, amount=found.discount)
    for tax in found.taxes:
        if tax.tax_minor:
            yield speaker.say(_TAX, tax=tax.words, amount=Money(tax.tax_minor, found.charge.amount.currency))


def _line(line: Line, speaker: Speaker) -> str:
    product = f"{line.quantity} × {line.words}" if line.quantity != 1 else line.words
    if line.since is None or line.until is None:
        return speaker.say(_AMOUNT, product=product, amount=line.amount)
    times = {"since": line.since, "until": line.until}
    if line.amount.minor < 0:
        return speaker.say(_UNUSED, product=product, amount=Money(-line.amount.minor, line.amount.currency), **times)
    return speaker.say(_REST if line.is_proration else _PERIOD, product=product, amount=line.amount, **times)


def _since(found: Explained, speaker: Speaker) -> Iterator[str]:
    charge = found.charge
    if charge.statement_descriptor:
        yield speaker.say(_STATEMENT, descriptor=charge.statement_descriptor)
    if charge.refunded.minor:
        is_all = charge.refunded.minor >= charge.captured.minor
        yield speaker.say(_ALL_REFUNDED) if is_all else speaker.say(_REFUNDED, amount=charge.refunded)
    if charge.is_disputed:
        yield speaker.say(_DISPUTED)


def _product(found: Explained) -> str:
    if found.product:
        return found.product
    if found.subscription and found.subscription.product_name:
        return found.subscription.product_name
    return next((line.words for line in found.lines if line.words and line.amount.minor > 0), "")
