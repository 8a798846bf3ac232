"""The dry run: each line against the published charges, the gateway's capabilities and the policy's limits.

What comes out is frozen. It moves nothing, and it is no promise: each item is judged again at the gateway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.money import Money
from connectors.offers import Offer, which_actions
from connectors.registry import GatewayUnknown, gateway_of
from counterfoil.batch_lists import Excluded, FrozenList
from counterfoil.batches import ACTION, BatchItem
from counterfoil.policy import Policy
from counterfoil.settings import Settings, SettingsInvalid
from warehouse.batches.wanted import Wanted
from warehouse.published import PublishedFile
from warehouse.reads.charges import Charge, charges_by_id

REASONS = {
    "listed_twice": "Listed twice",
    "unknown": "Unknown charge",
    "not_ours": "Not ours to refund",
    "already_refunded": "Already refunded",
    "disputed": "Disputed",
    "not_taken": "No money was taken",
    "too_old": "Too old for the gateway",
    "wrong_currency": "Another currency",
    "over_left": "More than is left",
    "over_limit": "Over the limit of one refund",
    "whole_only": "Whole amount only",
}
"""Why a line is left out: code -> words."""


@dataclass(frozen=True, slots=True)
class _Out(Exception):  # noqa: N818 - a way out, not an error
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Judge:
    """What every line is judged by. `role` is the requester's."""

    settings: Settings
    policy: Policy
    role: str
    now: datetime

    def judged(self, published: PublishedFile, wanted: Sequence[Wanted], source: dict[str, str]) -> FrozenList:
        """Items and exclusions, each in the order of the lines. Raises NothingPublished."""
        known: dict[str, list[Charge]] = {}
        for charge in charges_by_id(published, sorted({one.charge_id for one in wanted})):
            known.setdefault(charge.charge_id, []).append(charge)
        items: list[BatchItem] = []
        excluded: list[Excluded] = []
        seen: dict[tuple[str, str], int] = {}
        for one in wanted:
            try:
                items.append(self._item(one, known.get(one.charge_id, []), seen))
            except _Out as out:
                given = (one.line, one.account, one.charge_id, one.amount_minor, one.currency)
                excluded.append(Excluded(*given, out.reason, out.sentence))
        return FrozenList(source, tuple(items), tuple(excluded))

    def _item(self, one: Wanted, charges: list[Charge], seen: dict[tuple[str, str], int]) -> BatchItem:
        charge = _the_one(one, charges)
        place = (charge.account, charge.charge_id)
        if place in seen:
            raise _Out("listed_twice", f"The charge stands in line {seen[place]} already; that one counts.")
        offer = self._offer(charge)
        amount = self._amount(one, charge, offer)
        seen[place] = one.line
        return BatchItem(*place, amount.minor, amount.currency, charge.customer_id, one.ticket, one.line)

    def _offer(self, charge: Charge) -> Offer:
        try:
            account = self.settings.account(charge.account)
            capabilities = gateway_of(charge.account).capabilities
        except (SettingsInvalid, GatewayUnknown):
            raise _Out("not_ours", f"The account {charge.account} is not in the settings.") from None
        if account.mode != "act":
            raise _Out("not_ours", f"The account {charge.account} is only observed.")
        offers = which_actions(charge.state(), capabilities, frozenset({ACTION}), now=self.now)
        offer = next(offer for offer in offers if offer.action == ACTION)
        if not offer.is_offered:
            raise _Out(_reason_code(charge), offer.reason)
        return offer

    def _amount(self, one: Wanted, charge: Charge, offer: Offer) -> Money:
        left = charge.captured - charge.refunded
        amount = left if one.amount_minor is None or one.currency is None else Money(one.amount_minor, one.currency)
        if amount.currency != left.currency:
            raise _Out("wrong_currency", f"The charge is in {left.currency}, the line in {amount.currency}.")
        if left < amount:
            raise _Out("over_left", f"{amount} was asked for and only {left} is left.")
        if not offer.is_partial and amount != left:
            raise _Out("whole_only", f"This gateway refunds the whole amount only, {left}.")
        for sentence in self._over_limit(amount):
            raise _Out("over_limit", sentence)
        return amount

    def _over_limit(self, amount: Money) -> Iterator[str]:
        permit = next((permits.get(ACTION) for role, permits in self.policy.roles.items() if role == self.role), None)
        limit = permit.limit.get(amount.currency) if permit else None
        if limit is None:
            yield f"The role {self.role} has no limit in {amount.currency}."
        elif amount.minor > limit:
            yield f"The role {self.role} may refund {Money(limit, amount.currency)} at most at once."


def _the_one(one: Wanted, charges: list[Charge]) -> Charge:
    fitting = [charge for charge in charges if one.account in ("", charge.account)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        accounts = ", ".join(sorted(charge.account for charge in fitting))
        raise _Out("unknown", f"The charge is known to {accounts}; write the account into the line.")
    if charges:
        raise _Out("unknown", f"The charge belongs to {charges[0].account}, not to {one.account}.")
    raise _Out("unknown", "The published data knows no charge of this id.")


def _reason_code(charge: Charge) -> str:
    if charge.status != "succeeded":
        return "not_taken"
    if charge.is_disputed:
        return "disputed"
    return "already_refunded" if charge.captured.minor <= charge.refunded.minor else "too_old"
