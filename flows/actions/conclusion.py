"""How an action run ends, in the words of the agent; and the two ways a run stops before that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from connectors.actions import Action
from connectors.money import Money
from connectors.outcomes import Done, Failed, Pending
from counterfoil.approvals import Preview

Name = Literal["Done", "Refused", "Pending", "Cancelled", "Failed later"]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The final state's name, its one sentence, and what stands behind it."""

    name: Name
    sentence: str
    rule: str = ""
    """The policy's setting, or the error of the gateway, that decided."""
    gateway_reference: str | None = None
    amount: Money | None = None
    settled_at: str | None = None

    def detail(self) -> dict[str, Any]:
        """All of it as JSON, for the journal and the artifact."""
        return {
            "name": self.name,
            "sentence": self.sentence,
            "rule": self.rule,
            "gateway_reference": self.gateway_reference,
            "amount_minor": self.amount.minor if self.amount else None,
            "currency": self.amount.currency if self.amount else None,
            "settled_at": self.settled_at,
        }


class Concluded(Exception):
    """Raised by a step after which nothing more is to be done."""

    def __init__(self, conclusion: Conclusion) -> None:
        super().__init__(conclusion.sentence)
        self.conclusion = conclusion


@dataclass(frozen=True, slots=True)
class AwaitsApproval:
    """The run leaves the worker until a second person has decided about this preview."""

    preview: Preview
    sentence: str


def refused(sentence: str, rule: str = "") -> Concluded:
    """Nothing moved, and nothing will."""
    return Concluded(Conclusion("Refused", sentence, rule))


def concluded_from(found: Done | Pending | Failed, action: Action) -> Conclusion:
    """Put an outcome of the gateway into words."""
    if isinstance(found, Done):
        said = action.done.format(amount=found.amount, object_id=action.object_id)
        is_same = found.gateway_reference == action.object_id
        sentence = said if is_same else f"{said.removesuffix('.')} ({found.gateway_reference})."
        at = found.at.isoformat()
        return Conclusion(
            "Done", sentence, gateway_reference=found.gateway_reference, amount=found.amount, settled_at=at
        )
    if isinstance(found, Failed):
        what = f"{found.amount} of {action.object_id}" if found.amount is not None else action.object_id
        sentence = f"{action.title} of {what} failed at the gateway: {found.reason}"
        return Conclusion("Failed later", sentence, gateway_reference=found.gateway_reference, amount=found.amount)
    return Conclusion("Pending", found.reason, gateway_reference=found.gateway_reference, amount=found.amount)
