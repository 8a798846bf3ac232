"""What a customer may ask for on their own page, and the request that becomes of it: their own, and no more."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.actions import ACTIONS
from counterfoil.requests import ActionRequest
from counterfoil.tax_ids import EU, TYPES, TaxIdWrong, checked
from dashboards.asked import asked
from dashboards.billing.visits import Customer
from dashboards.detail_fields import PREFIX, YES
from dashboards.offering import capabilities_of, offer_of, reason_against_account
from dashboards.panel.saying import Message, marked
from dashboards.service import Service
from dashboards.subjects import Subject, find_subject
from dashboards.wishes import USUAL_REASON, Meant, judged
from warehouse.reads.people import Person

ROLE = "customer"
ON_CUSTOMERS = ("change_address", "add_tax_id")
ASKED_FOR = ("cancel_subscription", *ON_CUSTOMERS)
ADDRESS = ("line1", "line2", "postal_code", "city", "state", "country")
NO_TAX_ID = marked("This is no tax id of the country in your billing address. Look at it again.")
NO_ADDRESS = marked("Write at least the street, the city, and the country as two letters, such as DE.")
NOT_HERE = marked("This cannot be done here now. Write to us at the address below.")


class NotAskedFor(ValueError):
    """It cannot be asked for as it was written; `message` is for the customer."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def may_ask(service: Service, account: str, action: str) -> bool:
    """Whether customers of an account may ask for an action at all, whatever its object is like."""
    known = capabilities_of(account)
    capability = known.actions.get(action) if known else None
    if capability is None or action not in ASKED_FOR or action not in service.policy.actions_of(ROLE):
        return False
    # A gateway that ends a subscription at once only would take away what is paid for.
    if action == "cancel_subscription" and "at_period_end" not in capability.details:
        return False
    return reason_against_account(service, account) == ""


def own_subject(service: Service, customer: Customer, action: str, account: str, object_id: str) -> Subject | None:
    """The customer's own object of an action that may be asked for; None for anything else.

    None too where staff made the link that let them in: else an agent could ask in a customer's name.
    """
    if customer.session.is_by_staff or not may_ask(service, account, action):
        return None
    subject = find_subject(service, ROLE, ACTIONS[action].object_kind, account, object_id)
    is_own = (
        subject is not None and subject.person is not None and subject.person.person_id == customer.person.person_id
    )
    return subject if is_own else None


def is_possible(service: Service, subject: Subject, action: str) -> bool:
    """Whether it is possible as the object stands now."""
    return offer_of(service, ROLE, subject.state, action).is_offered


def wish_of(
    service: Service, customer: Customer, subject: Subject, meant: Meant, written: Mapping[str, str]
) -> ActionRequest:
    """The request of what was written. Raises NotAskedFor."""
    form = {"reason_code": USUAL_REASON, "reason_text": "Asked for on the customer's billing page."}
    known = capabilities_of(subject.account)
    taken = known.actions[meant.action].details if known else ()
    details = _details(customer.person, meant.action, written)
    # Gateways differ in what they take, such as the kind of a tax id, which some read from the id itself.
    given = {f"{PREFIX}{name}": value for name, value in details.items() if value and name in taken}
    now = asked(service, customer.visitor, subject, meant, form | given, is_sent=True)
    if now.request is None:
        raise NotAskedFor(NO_ADDRESS if meant.action == "change_address" else NOT_HERE)
    # The preview belongs to staff; what counts here is what the policy says of the request itself.
    if judged(service, now.request, is_written=True).kind == "refused":
        raise NotAskedFor(NOT_HERE)
    return now.request


def _details(person: Person, action: str, written: Mapping[str, str]) -> dict[str, str]:
    if action == "cancel_subscription":
        return {"at_period_end": YES}
    if action == "change_address":
        found = {name: written.get(name, "").strip() for name in ADDRESS}
        found["country"] = found["country"].upper()
        is_whole = found["line1"] and found["city"] and len(found["country"]) == 2 and found["country"].isalpha()
        if not is_whole:
            raise NotAskedFor(NO_ADDRESS)
        return found
    text = written.get("tax_id", "").strip()
    country = _country_of(text, person)
    try:
        return {"tax_id": checked(text, country), "tax_id_type": TYPES[country]}
    except (TaxIdWrong, KeyError):
        raise NotAskedFor(NO_TAX_ID) from None


def _country_of(text: str, person: Person) -> str:
    """An id of the European Union says of which country it is; others are of the customer's."""
    prefix = {"EL": "GR"}.get(text[:2].upper(), text[:2].upper())
    return prefix if prefix in EU else person.country or ""
