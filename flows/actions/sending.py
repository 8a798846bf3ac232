"""The one place that asks a gateway to act: once, and where the answer was lost, never without looking first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.actions import Action, MoneyAction
from connectors.capabilities import Capability
from connectors.errors import NotAccepted, NotAuthorised, OutcomeUnknown, Refused, UnexpectedShape, Unsupported
from connectors.outcomes import Done, Failed, Pending
from counterfoil.requests import gateway_key
from flows.actions import faults
from flows.actions.admission import RunFacts, history_of
from flows.actions.conclusion import Concluded, Conclusion, concluded_from, refused
from flows.actions.desk import Desk
from flows.actions.lease import claim_text
from flows.actions.looking import Unreadable, looked_up, pause_s
from flows.actions.sent import note_sending

ATTEMPTS = 4
KEY_MARGIN = timedelta(hours=1)
"""A key is trusted for this much less than the gateway says: its clock and ours may differ."""


@dataclass(slots=True)
class Sending:
    """One action on its way. `first_sent_at` is when a request may first have reached the gateway."""

    desk: Desk
    run: RunFacts
    action: Action
    capability: Capability
    first_sent_at: datetime | None
    last_trouble: str = ""

    def send(self) -> Conclusion:
        """Ask until there is an answer, or until asking again is no longer safe. Raises Concluded on a stop."""
        for number in range(1, ATTEMPTS + 1):
            if self.first_sent_at is not None and not self._may_be_sent_again():
                return self._pending("it is too long ago for sending it again to be safe")
            self._check_leave()
            note_sending(self.desk, self.run)
            conclusion = self._attempt(number)
            if conclusion is not None:
                return conclusion
        if self.first_sent_at is not None:
            return self._pending("it was tried several times")
        return Conclusion("Refused", f"The gateway took no request; nothing moved. {self.last_trouble}", "NotAccepted")

    def _attempt(self, number: int) -> Conclusion | None:
        self._journal("attempt", {"number": number, **_of(self.action)})
        faults.point("before_perform")
        key = gateway_key(self.action.request_id)
        actor = self.desk.accounts.actor(self.action.account)
        try:
            outcome = actor.perform(self.action, idempotency_key=key)
        except NotAccepted as error:
            self._trouble("not_accepted", error)
            self.desk.sleep(pause_s(number, error))
            return None
        except (OutcomeUnknown, UnexpectedShape) as error:
            self.first_sent_at = self.first_sent_at or self.desk.now()
            self._trouble("unknown", error)
            return self._looked_up(wait_s=pause_s(number, error))
        except (Refused, NotAuthorised, Unsupported) as error:
            faults.point("after_perform")
            return self._refused(error)
        faults.point("after_perform")
        return self._concluded(outcome)

    def _check_leave(self) -> None:
        """The last look before money moves: was a stop asked for, and is this worker still the owner?"""
        history = history_of(self.desk, self.run.run_id)
        if history.was_stopped:
            raise Concluded(self._stopped())
        if history.was_finished:
            raise refused("This run had ended before; a finished run sends nothing again. Ask anew.", "finished")
        if history.claim != claim_text(self.desk.owner):
            raise LeaseLost("Another worker took this run over, so this one sends nothing.")
        if not self.desk.lease.is_held():
            raise LeaseLost("This worker could not renew its lease, so it sends nothing; another one takes over.")

    def _stopped(self) -> Conclusion:
        if self.first_sent_at is None:
            return Conclusion("Cancelled", "Stopped before anything was sent to the gateway.", "cancelled")
        return self._pending("a stop was asked for after it may have been sent")

    def _looked_up(self, wait_s: float) -> Conclusion | None:
        self.desk.sleep(min(wait_s, 1.0))
        try:
            found = looked_up(self.desk, self.action)
        except Unreadable as error:
            self.last_trouble = str(error)
            return self._pending("the gateway could not be read afterwards")
        if found is None:
            self._journal("looked_up", {"found": None})
            return None
        return self._concluded(found)

    def _refused(self, error: Refused | NotAuthorised | Unsupported) -> Conclusion:
        if self.first_sent_at is not None:
            # An earlier try may have had its effect: "already refunded" may then be our own refund.
            found = self._looked_up(wait_s=0)
            if found is not None:
                return found
        self._journal("outcome", {"name": "Refused", "error": type(error).__name__, "code": error.code})
        return Conclusion("Refused", f"The gateway refused: {error} Nothing moved.", type(error).__name__)

    def _concluded(self, outcome: Done | Pending | Failed) -> Conclusion:
        conclusion = concluded_from(outcome, self.action)
        self._journal("outcome", conclusion.detail())
        return conclusion

    def _pending(self, why: str) -> Conclusion:
        what = f"{self.action.amount} moved" if isinstance(self.action, MoneyAction) else "it took effect"
        sentence = f"It is not known yet whether {what}: {why}. It is looked up until it is known."
        conclusion = Conclusion("Pending", f"{sentence} {self.last_trouble}".strip(), "OutcomeUnknown")
        self._journal("outcome", conclusion.detail())
        return conclusion

    def _may_be_sent_again(self) -> bool:
        """After a look-up that found nothing: while the gateway's key lives, or where asking twice changes nothing."""
        if self.capability.is_goal:
            return True
        lives, since = self.capability.key_lives, self.first_sent_at
        return lives is not None and since is not None and self.desk.now() - since < lives - KEY_MARGIN

    def _trouble(self, kind: str, error: NotAccepted | OutcomeUnknown | UnexpectedShape) -> None:
        self.last_trouble = str(error)
        self._journal(kind, {"error": type(error).__name__, "sentence": str(error)})

    def _journal(self, kind: str, detail: dict[str, object]) -> None:
        self.desk.journal.append(
            kind,
            at=self.desk.now(),
            request_id=self.action.request_id,
            flow_run_id=self.run.run_id,
            detail=detail,
        )


class LeaseLost(RuntimeError):
    """Another worker may own the run by now; it is left as it is for that one."""


def _of(action: Action) -> dict[str, object]:
    return {
        "action": action.name,
        "account": action.account,
        "object_kind": action.object_kind,
        "object_id": action.object_id,
        "amount_minor": action.amount.minor if isinstance(action, MoneyAction) else None,
        "currency": action.amount.currency if isinstance(action, MoneyAction) else None,
        "idempotency_key": gateway_key(action.request_id),
    }
