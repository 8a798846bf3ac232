"""What an action on a charge would do: what moves, its tax, the document that follows, fees, and what is left."""

from __future__ import annotations

from markupsafe import Markup

from connectors.actions import AddOrderNote, Authorize, Capture, ChargeAgain, Refund
from connectors.money import Money
from dashboards.charge_views import ChargeView
from dashboards.preview.tax_part import tax_sentence
from dashboards.service import Service
from dashboards.state_words import words
from dashboards.subjects import Subject
from dashboards.written import money
from warehouse.reads.charged_tax import tax_of_charge
from warehouse.reads.charges import Charge, fee_of_charge
from warehouse.reads.documents import invoice_of_charge

FEE_LATER = Markup("The gateway takes its fee for it; how much is known afterwards.")
INVOICE_LATER = Markup("An invoice follows once it is paid: the gateway’s where it makes one, else ours.")


def refund(service: Service, subject: Subject, view: ChargeView, action: Refund) -> list[Markup]:
    """Money back to the customer."""
    charge, amount = view.charge, action.amount
    tax = tax_of_charge(service.published, charge)
    lines = [
        Markup("<b>{}</b> goes back to {}{}.").format(
            money(amount), charge.means or "where it came from", f" of {subject.who}" if subject.who else ""
        ),
        _left(view.left, amount),
        tax_sentence(tax, charge.refunded + view.moving, amount),
        _credit_note(service, charge),
        _fee_kept(service, charge),
    ]
    return lines + ([Markup("The goods go back to stock.")] if action.restocks else [])


def _left(left: Money, amount: Money) -> Markup:
    rest = left - amount
    if rest.minor > 0:
        return Markup("{} of this charge can still be refunded afterwards.").format(money(rest))
    return Markup("That is more than is left.") if rest.minor else Markup("Nothing is left to refund afterwards.")


def _credit_note(service: Service, charge: Charge) -> Markup:
    document = invoice_of_charge(service.published, charge.account, charge.charge_id)
    if document:
        return Markup("A credit note for {} {} follows once the refund is done.").format(
            words(document["kind"]), document["number"]
        )
    if charge.invoice_id:
        return Markup(
            "The invoice of this charge is the gateway’s own (<code>{}</code>), so we issue no credit note."
        ).format(charge.invoice_id)
    return Markup("No invoice of ours names this charge, so no credit note follows.")


def _fee_kept(service: Service, charge: Charge) -> Markup:
    fee = fee_of_charge(service.published, charge.account, charge.charge_id)
    if fee is None:
        return Markup("Fees that are not returned: not known, the gateway tells no fee of this charge.")
    return Markup("The gateway keeps its fee of {} for this charge.").format(money(fee))


def capture(subject: Subject, view: ChargeView, action: Capture) -> list[Markup]:
    """Money that is held becomes money that is taken."""
    held = view.state.capturable
    lines = [Markup("<b>{}</b> is taken from {}{}.").format(money(action.amount), _means(view), _of(subject))]
    if held is not None and action.amount < held:
        rest = Markup("Of the {} that are held, {} are not taken: most gateways release them with the capture.")
        lines.append(rest.format(money(held), money(held - action.amount)))
    elif held is not None:
        lines.append(Markup("Nothing is held afterwards."))
    return [*lines, INVOICE_LATER, FEE_LATER]


def void(subject: Subject, view: ChargeView) -> list[Markup]:
    """The hold is released."""
    held = view.state.capturable or view.charge.amount
    what = "hold of" if view.charge.status == "authorized" else "payment, not settled yet, of"
    return [
        Markup("The {} <b>{}</b> on {}{} is released as a whole.").format(
            what, money(held), _means(view), _of(subject)
        ),
        Markup("Nothing can be captured or refunded of it afterwards. It cannot be taken back."),
        Markup("No money was taken for good, so no credit note follows."),
    ]


def charge_again(subject: Subject, view: ChargeView, action: ChargeAgain) -> list[Markup]:
    """A new charge on the stored payment method."""
    return [
        Markup("<b>{}</b> is <b>taken from the customer</b>{}: a new charge on the stored payment method{}.").format(
            money(action.amount), f", {subject.who}" if subject.who else "", _behind(view)
        ),
        Markup("The bank may ask the customer to confirm it, or decline it; then nothing is taken."),
        Markup("Its tax part is not known beforehand: a charge outside an invoice names no tax."),
        INVOICE_LATER,
        FEE_LATER,
    ]


def authorize(subject: Subject, view: ChargeView, action: Authorize) -> list[Markup]:
    """A hold on the stored payment method."""
    return [
        Markup("<b>{}</b> is held on the stored payment method{}{}; nothing is taken yet.").format(
            money(action.amount), _behind(view), _of(subject)
        ),
        Markup("It is taken by a capture or released by a void; without either it lapses, usually within a week."),
        Markup("No document follows until it is captured."),
    ]


def add_order_note(action: AddOrderNote) -> list[Markup]:
    """A note on a shop's order."""
    seen = "The customer sees it, and the shop mails it." if action.is_for_customer else "Only the team sees it."
    return [
        Markup("The note <q>{}</q> is written on the order. {}").format(action.note, seen),
        Markup("No money moves."),
    ]


def _means(view: ChargeView) -> str:
    return view.charge.means or "the customer’s payment method"


def _behind(view: ChargeView) -> str:
    return f" behind it ({view.charge.means})" if view.charge.means else ""


def _of(subject: Subject) -> str:
    return f" of {subject.who}" if subject.who else ""
